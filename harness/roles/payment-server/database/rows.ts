import { PursebenchError } from "../../../core/errors.ts";
import {
  type LogFields,
  type LogRecord,
  TRANSACTION_STATUSES,
  type TransactionRecord,
  type TransactionStatus,
} from "./contracts.ts";
import type { LogTable, TransactionsTable } from "./schema.ts";

type Selected<Table> = Omit<Table, "sequence">;

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

export function toLogRecord(row: Selected<LogTable>): LogRecord {
  return { at: row.at, entry: row.entry, step: row.step, IDTRX: row.IDTRX, fields: fieldsOf(row.fields) };
}

function statusOf(text: string): TransactionStatus {
  const status = TRANSACTION_STATUSES.find((known) => known === text);
  if (status === undefined) throw damaged(`status "${text.slice(0, 40)}"`);
  return status;
}

function modeOf(value: number): 0 | 1 {
  if (value !== 0 && value !== 1) throw damaged("a cancellation of no known mode");
  return value;
}

function fieldsOf(json: string): LogFields {
  try {
    const value: unknown = JSON.parse(json);
    if (isLogFields(value)) return value;
  } catch (cause) {
    throw damaged("log fields that are no JSON", cause);
  }
  throw damaged("log fields of another shape");
}

function isLogFields(value: unknown): value is LogFields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (field) => field === null || ["string", "number", "boolean"].includes(typeof field),
  );
}

function damaged(what: string, cause?: unknown): PursebenchError {
  return new PursebenchError("STORAGE", `the payment server's database holds ${what}`, {
    mend: "restore the database; this program never writes that",
    cause,
  });
}
