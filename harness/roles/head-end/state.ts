import type { LayerElements } from "../../protocol/messages/encryption-layer.ts";
import type { DebitCommand, DebitResponse, Message, Page } from "../../protocol/messages/layouts.ts";
import type { LoadSites } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";

/** What the head end is told once. */
export interface HeadEndConfig {
  /** Origin of each merchant site, by SITE. */
  readonly sites: Readonly<Record<string, string>>;
  /** Account holders, by SITE; absent: nobody can load here. */
  readonly loadSites?: LoadSites | undefined;
  /** Tell the user "debited" as soon as the confirmation is there (636; optional in [0089]). */
  readonly announceDebit: boolean;
  /** KTA (16 bytes) for a merchant whose trusted agent this head end is (FIG 6); absent: nobody's. */
  readonly trustedAgent?: ((IDMER: string) => Uint8Array | undefined) | undefined;
}

/** What the session waits for. */
export type HeadEndPhase =
  | "start"
  | "ordering" // E1, or E9
  | "checkout" // the merchant's page
  | "card-information" // E3
  | "connecting" // to the payment server
  | "drawing" // the draw request leaves
  | "commanding" // EB from the payment server
  | "debiting" // EC from the set-top box
  | "responding" // EC leaves for the payment server
  | "confirming" // ED
  | "delivering" // the merchant's answer to the confirmation
  | "fetching" // what was bought, which the merchant knows to be paid
  | "judging" // the merchant's answer to the card's, which it compares
  | "noticing" // the notice leaves for the payment server
  | "noticed" // the payment server ends the channel
  | "settling" // the notice went unheard: the card's answer as a recovery
  | "loading" // no purchase, but a load; `load` says what it waits for
  | "over";

/** What the head end must know of a sale. A page is one. */
export type HeadEndSale = Pick<Page, "IDTRX" | "IDMER" | "HOST" | "PORT" | "URL"> & {
  readonly [Name in "MPDA" | "CURRPDA" | "CEXPPDA"]?: Page[Name] | undefined;
} & LayerElements;

/** One session: one set-top box, one purchase, one load, or one recovery. */
export interface HeadEndState {
  readonly config: HeadEndConfig;
  readonly phase: HeadEndPhase;
  /** The site visited. */
  readonly origin: string | undefined;
  /** The user's session at that site, 16 hex digits. */
  readonly session: string | undefined;
  /** In a recovery: the session that ordered the sale, if it is still known. */
  readonly orderedIn: string | undefined;
  readonly page: Page | undefined;
  readonly sale: HeadEndSale | undefined;
  /** The card's part of the draw request. */
  readonly card:
    | { readonly ATR: Uint8Array; readonly INITRSP: Uint8Array; readonly CERTS?: Uint8Array | undefined }
    | undefined;
  /** As received, for the one repetition after a wrong S3. */
  readonly command: DebitCommand | undefined;
  readonly repeated: boolean;
  readonly response: DebitResponse | undefined;
  /** Code of a failure that is certain while the servers are still being told; the user's code in the end. */
  readonly failure: string | undefined;
  /** What the payment server is to be told, where that is not the user's code. */
  readonly verdict: string | undefined;
  /** How often the end of the channel was waited for after the notice. */
  readonly waits: number;
  /** The debit response, encoded, as the set-top box has sealed it. */
  readonly sealedResponse: { readonly inner: Uint8Array; readonly SEALED: Uint8Array } | undefined;
  /** Leaves for the payment server as soon as there is a nonce to seal it with. */
  readonly held: Message | undefined;
  readonly load: LoadState | undefined;
}

export function newSession(config: HeadEndConfig): HeadEndState {
  return {
    config,
    phase: "start",
    origin: undefined,
    session: undefined,
    orderedIn: undefined,
    page: undefined,
    sale: undefined,
    card: undefined,
    command: undefined,
    repeated: false,
    response: undefined,
    failure: undefined,
    verdict: undefined,
    waits: 0,
    sealedResponse: undefined,
    held: undefined,
    load: undefined,
  };
}
