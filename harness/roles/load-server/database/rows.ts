import { damaged } from "../../../sql/damaged.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import { LOAD_STATUSES, type LoadRecord, type LoadStatus } from "./contracts.ts";
import type { LoadsTable } from "./tables.ts";

type Selected<Table> = Omit<Table, "sequence">;

/** Whose database it is, in errors. */
export const SERVER = "the load server";

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

function statusOf(text: string): LoadStatus {
  const status = LOAD_STATUSES.find((known) => known === text);
  if (status === undefined) throw damaged(SERVER, `status "${text.slice(0, 40)}"`);
  return status;
}
