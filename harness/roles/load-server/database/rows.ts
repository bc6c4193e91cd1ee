import { PursebenchError } from "../../../core/errors.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import { LOAD_STATUSES, type LoadRecord, type LoadStatus, type LogFields, type LogRecord } from "./contracts.ts";
import type { LoadsTable, LogTable } from "./tables.ts";

type Selected<Table> = Omit<Table, "sequence">;

/** A row as the house sees it. `STORAGE` when the database holds something that we never write. */
export function toLoadRecord(row: Selected<LoadsTable>): LoadRecord {
  return {
    IDMER: row.IDMER,
    IDTRX: row.IDTRX,
    SOURCE: row.SOURCE,
    ACCOUNT: row.ACCOUNT,
    status: statusOf(row.status),
    MLDA: wholeNumber(row.MLDA),
    CURRLDA: row.CURRLDA,
    CEXPLDA: row.CEXPLDA,
    PPIEP: row.PPIEP,
    IDIEP: row.IDIEP,
    NTIEP: row.NTIEP,
    LOADINIT: row.LOADINIT,
    LOADRSP: row.LOADRSP,
    loadCommand: row.loadCommand,
    cardResponse: row.cardResponse,
    hsmResponse: row.hsmResponse,
    CC: row.CC,
    booked: row.booked === 1,
    created: row.created,
    updated: row.updated,
  };
}

export function toLogRecord(row: Selected<LogTable>): LogRecord {
  return { at: row.at, entry: row.entry, step: row.step, IDTRX: row.IDTRX, fields: fieldsOf(row.fields) };
}

function statusOf(text: string): LoadStatus {
  const status = LOAD_STATUSES.find((known) => known === text);
  if (status === undefined) throw damaged(`status "${text.slice(0, 40)}"`);
  return status;
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
  return new PursebenchError("STORAGE", `the load server's database holds ${what}`, {
    mend: "restore the database; this program never writes that",
    cause,
  });
}
