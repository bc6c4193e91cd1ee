import type { BatchStore } from "./batch-contracts.ts";

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

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface LogLine {
  readonly entry: string;
  readonly step?: string | undefined;
  readonly IDTRX?: string | undefined;
  readonly fields: LogFields;
}

/** A row of the table `log`. */
export interface LogRecord {
  readonly at: string;
  readonly entry: string;
  readonly step: string | null;
  readonly IDTRX: string | null;
  readonly fields: LogFields;
}

/**
 * The store of one payment server. A promise that resolves says that the engine has made the change durable, so that a
 * message may leave which speaks of it. `lines` are log entries written in the same unit of work: all or nothing.
 * Failures of the engine are `PursebenchError`s with code `STORAGE` (`SERVICE_ABSENT` at opening).
 */
export interface PaymentDatabase extends AsyncDisposable {
  /** Its collections (`clearing.md` 3). */
  readonly batches: BatchStore;
  /** False, and nothing but `lines` written, when this merchant has used IDTRX before. */
  insertTransaction(row: NewTransaction, lines?: readonly LogLine[]): Promise<boolean>;
  updateTransaction(IDMER: string, IDTRX: string, change: TransactionChange, lines?: readonly LogLine[]): Promise<void>;
  /** The terminal has answered the cancellation of this transaction. Leaves the status as it is. */
  cancelAnswered(IDMER: string, IDTRX: string, lines?: readonly LogLine[]): Promise<void>;
  appendLog(lines: readonly LogLine[]): Promise<void>;
  transaction(IDMER: string, IDTRX: string): Promise<TransactionRecord | undefined>;
  /** Two merchants may have drawn the same identifier; their rows are kept apart. */
  transactionsWith(IDTRX: string): Promise<readonly TransactionRecord[]>;
  transactionsByStatus(...statuses: readonly TransactionStatus[]): Promise<readonly TransactionRecord[]>;
  /** Those whose terminal has not answered a cancellation, oldest first. */
  transactionsOwing(): Promise<readonly TransactionRecord[]>;
  /** All of them, in the order of their creation. */
  transactions(): Promise<readonly TransactionRecord[]>;
  /** Log entries of one transaction, or all; oldest first. */
  log(IDTRX?: string): Promise<readonly LogRecord[]>;
}
