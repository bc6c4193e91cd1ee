/** What a payment server keeps (`messages.md`, section 8), whichever engine keeps it. */

/**
 * `received` (draw request accepted as genuine) -> `accepted` (a terminal has it) -> `debit-sent` -> `response-received`
 * -> `confirmed` | `failed` | `unresolved`; `refused` before a debit command existed.
 */
export const TRANSACTION_STATUSES = [
  "received",
  "accepted",
  "debit-sent",
  "response-received",
  "confirmed",
  "failed",
  "unresolved",
  "refused",
] as const;

export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** What is known of a transaction when its draw request is entered. Hex is upper case; amounts are minor units. */
export interface NewTransaction {
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** 8 characters. */
  readonly IDMER: string;
  readonly status: TransactionStatus;
  readonly MPDA: number;
  /** ISO 4217 numeric, four digits. */
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  /** 6 hex digits. */
  readonly PPIEP: string;
  /** 10 hex digits. */
  readonly IDIEP: string;
  readonly NTIEP: number;
  /** 1 to 3; null or absent where the PSAM compares (`messages.md` 3a). */
  readonly COMPARE?: number | null;
}

/** What later steps add; an absent element keeps what is there. */
export interface TransactionChange {
  readonly status: TransactionStatus;
  /** 8 hex digits. */
  readonly IDTERM?: string;
  readonly NTPSAM?: number;
  /** DEBITDATA, hex. */
  readonly debitCommand?: string;
  /** CARDRSP, hex; empty text when the card gave none. */
  readonly debitResponse?: string;
  /** EXPECTED, hex, where somebody else than the PSAM compares. */
  readonly expectedResponse?: string;
  /** The terminal's message, hex. */
  readonly terminalResponse?: string;
  /** 4 hex digits. */
  readonly CC?: string;
  /** MODE of the cancellation that the terminal has to hear, until `cancelAnswered`. */
  readonly owedMode?: 0 | 1;
}

/** A row of the table `transactions`. */
export interface TransactionRecord extends NewTransaction {
  readonly IDTERM: string | null;
  readonly NTPSAM: number | null;
  readonly debitCommand: string | null;
  readonly debitResponse: string | null;
  readonly COMPARE: number | null;
  readonly expectedResponse: string | null;
  readonly terminalResponse: string | null;
  readonly CC: string | null;
  /** MODE of the cancellation that the terminal has not answered; null when it owes no answer. */
  readonly owedMode: 0 | 1 | null;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly updated: string;
}
