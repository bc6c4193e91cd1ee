import type { LogLine, LogRecord } from "../../../sql/log-table.ts";
import type { BatchStore } from "./batch-contracts.ts";
import type {
  NewTransaction,
  TransactionChange,
  TransactionRecord,
  TransactionStatus,
} from "./transaction-contracts.ts";

export type { LogLine, LogRecord } from "../../../sql/log-table.ts";
export {
  type NewTransaction,
  TRANSACTION_STATUSES,
  type TransactionChange,
  type TransactionRecord,
  type TransactionStatus,
} from "./transaction-contracts.ts";

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
