import { damaged } from "../../../sql/damaged.ts";
import { TRANSACTION_STATUSES, type TransactionRecord, type TransactionStatus } from "./contracts.ts";
import type { TransactionsTable } from "./schema.ts";

type Selected<Table> = Omit<Table, "sequence">;

/** Whose database it is, in errors. */
export const SERVER = "the payment server";

/** A row as the house sees it. `STORAGE` when the database holds something that we never write. */
export function toTransactionRecord(row: Selected<TransactionsTable>): TransactionRecord {
  return {
    IDTRX: row.IDTRX,
    IDMER: row.IDMER,
    IDTERM: row.IDTERM,
    status: statusOf(row.status),
    MPDA: Number(row.MPDA),
    CURRPDA: row.CURRPDA,
    CEXPPDA: row.CEXPPDA,
    PPIEP: row.PPIEP,
    IDIEP: row.IDIEP,
    NTIEP: row.NTIEP,
    NTPSAM: row.NTPSAM === null ? null : Number(row.NTPSAM),
    debitCommand: row.debitCommand,
    debitResponse: row.debitResponse,
    terminalResponse: row.terminalResponse,
    COMPARE: row.COMPARE,
    expectedResponse: row.expectedResponse,
    CC: row.CC,
    owedMode: row.owedMode === null ? null : modeOf(row.owedMode),
    created: row.created,
    updated: row.updated,
  };
}

function statusOf(text: string): TransactionStatus {
  const status = TRANSACTION_STATUSES.find((known) => known === text);
  if (status === undefined) throw damaged(SERVER, `status "${text.slice(0, 40)}"`);
  return status;
}

function modeOf(value: number): 0 | 1 {
  if (value !== 0 && value !== 1) throw damaged(SERVER, "a cancellation of no known mode");
  return value;
}
