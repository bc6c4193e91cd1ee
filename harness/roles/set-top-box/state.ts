import type { DebitCommand, DebitResponse, Page } from "../../protocol/messages/layouts.ts";
import type { PendingDebit, Sale } from "./pending.ts";

/** What the user ordered at the merchant's site (602). */
export interface Order {
  /** 16 hex digits. */
  readonly SESSION: string;
  readonly SITE: string;
  readonly ITEM: string;
  readonly QUANTITY: number;
}

/** What the session waits for. */
export type SetTopBoxPhase =
  | "start"
  | "opening"
  | "browsing" // page E2
  | "deciding" // the user
  | "connecting" // answer to reset
  | "inserting"
  | "selecting" // SELECT
  | "securing" // GET PREVIOUS IEP SIGNATURE for an older transaction of this card
  | "initialising" // INITIALIZE IEP
  | "certifying" // READ RECORD of a certificate
  | "waiting" // debit command EB
  | "presenting-certificate" // PRESENT CERTIFICATE
  | "presenting-key" // PRESENT SESSION KEY
  | "debiting" // DEBIT IEP
  | "asking" // GET PREVIOUS IEP SIGNATURE for this transaction
  | "concluding" // E7, E8, or the debit command again
  | "over";

/** The purse that was initialised for this purchase. */
export interface PurseSeen {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
}

/** What is known of the debit. */
export type DebitKnown =
  | { readonly kind: "none" } // no DEBIT IEP was sent
  | { readonly kind: "unknown" } // it was sent, and the card's answer is lost
  | { readonly kind: "refused"; readonly SW: string } // the card did not debit and signed nothing
  | { readonly kind: "answered"; readonly CARDRSP: Uint8Array; readonly CC: string; readonly BALIEP: number };

/** One session: a purchase, or the recovery of an earlier one. */
export interface SetTopBoxState {
  readonly phase: SetTopBoxPhase;
  readonly mode: "purchase" | "recovery";
  /** Why the card is being talked to. */
  readonly goal: "information" | "signature";
  readonly order: Order | undefined;
  readonly page: Page | undefined;
  /** The page's sale, or that of the debit to recover. */
  readonly sale: Sale | undefined;
  readonly ATR: Uint8Array | undefined;
  readonly purse: PurseSeen | undefined;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array | undefined;
  /** Of issuer and card, 244 bytes each; none for a secret key card. */
  readonly certificates: readonly Uint8Array[];
  /** The debit command that the card is being given. */
  readonly command: DebitCommand | undefined;
  /** DEBIT IEP has been given to the card: never again in this session. */
  readonly executed: boolean;
  readonly debit: DebitKnown;
  /** How often the card was asked for its signature. */
  readonly asked: number;
  /** The lost contact before the first command was mended once already. */
  readonly reconnected: boolean;
  /** The head end has said "debited" (636). */
  readonly toldDebited: boolean;
  /** Unsettled debits, of this session and of earlier ones. */
  readonly pending: readonly PendingDebit[];
  /** Leaves as soon as there is a nonce to seal it with. */
  readonly held: DebitResponse | undefined;
}

export function newSession(pending: readonly PendingDebit[]): SetTopBoxState {
  return {
    phase: "start",
    mode: "purchase",
    goal: "information",
    order: undefined,
    page: undefined,
    sale: undefined,
    ATR: undefined,
    purse: undefined,
    INITRSP: undefined,
    certificates: [],
    command: undefined,
    executed: false,
    debit: { kind: "none" },
    asked: 0,
    reconnected: false,
    toldDebited: false,
    pending,
    held: undefined,
  };
}
