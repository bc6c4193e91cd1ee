import type { DebitCommand, DebitResponse, LoadResponse, Page } from "../../protocol/messages/layouts.ts";
import { type LoadState, newLoad } from "./load-state.ts";
import type { Pending, Sale } from "./pending.ts";

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
  | "load-listening" // the head end, at any time of a load
  | "load-reading" // GET BALANCE
  | "load-identifying" // READ RECORD of the card information
  | "entering" // the user's amount
  | "load-initialising" // INITIALIZE IEP for load
  | "crediting" // CREDIT IEP
  | "log-reading" // READ RECORD of the transaction log
  | "over";

/** The purse that was initialised for this purchase. */
export interface PurseSeen {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
}

/** What is known of the debit, or of the credit of a load. */
export type DebitKnown =
  | { readonly kind: "none" } // no DEBIT IEP, CREDIT IEP was sent
  | { readonly kind: "unknown" } // it was sent, and the card's answer is lost
  | { readonly kind: "refused"; readonly SW: string } // the card did not execute it and signed nothing
  | { readonly kind: "answered"; readonly CARDRSP: Uint8Array; readonly CC: string; readonly BALIEP: number };

/** What a session is for. */
export type SetTopBoxMode = "purchase" | "recovery" | "load" | "load-recovery" | "log";

/** One session: a purchase, a load, the recovery of an earlier one, or a look at the card's log. */
export interface SetTopBoxState {
  readonly phase: SetTopBoxPhase;
  readonly mode: SetTopBoxMode;
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
  /** DEBIT IEP, or CREDIT IEP, has been given to the card: never again in this session. */
  readonly executed: boolean;
  readonly debit: DebitKnown;
  /** How often the card was asked for its signature. */
  readonly asked: number;
  /** The lost contact before the first command was mended once already. */
  readonly reconnected: boolean;
  /** The head end has said "debited" (636). */
  readonly toldDebited: boolean;
  /** Unsettled debits and loads, of this session and of earlier ones. */
  readonly pending: readonly Pending[];
  /** Leaves as soon as there is a nonce to seal it with. */
  readonly held: DebitResponse | LoadResponse | undefined;
  /** Of a session that loads, or recovers a load. */
  readonly load: LoadState | undefined;
  /** How many records of the card's log were shown. */
  readonly records: number;
}

export function newSession(pending: readonly Pending[]): SetTopBoxState {
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
    load: undefined,
    records: 0,
  };
}

/** The state with a change in its load's part. */
export function withLoad(state: SetTopBoxState, change: Partial<LoadState>): SetTopBoxState {
  return { ...state, load: { ...(state.load ?? newLoad()), ...change } };
}

/** The transaction that the session is about, once there is one. */
export function identifierOf({ sale, load }: SetTopBoxState): string | undefined {
  return sale?.IDTRX ?? load?.terms?.IDTRX;
}
