import { MAX_MEMBERS, sumsOf } from "../../protocol/messages/batch-members.ts";
import { MAX_LINES } from "../../protocol/messages/collection-lines.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import type { Candidates } from "./database/batch-contracts.ts";
import type { TransactionRecord } from "./database/contracts.ts";

/** A record that contradicts the database, and in what. */
export interface Mismatch {
  readonly record: DataStoreRecord;
  readonly what: string;
}

export interface Chosen {
  /** Oldest first. */
  readonly members: readonly DataStoreRecord[];
  readonly mismatches: readonly Mismatch[];
}

const SUCCESS = "0000";
/** The PSAM had confirmed it before: an earlier record says so. */
const CONFIRMED_BEFORE = "9416";

/** Which records of a data store the next batch takes (`clearing.md` 3, step 3). */
export function chooseMembers(records: readonly DataStoreRecord[], { rows, collected }: Candidates): Chosen {
  const members: DataStoreRecord[] = [];
  const mismatches: Mismatch[] = [];
  for (const record of successes(records)) {
    if (collected.some(({ IDMER, IDTRX }) => IDMER === record.IDMER && IDTRX === record.IDTRX)) continue;
    const own = rows.filter(({ IDTRX }) => IDTRX === record.IDTRX);
    const row = own.find(({ IDMER }) => IDMER === record.IDMER);
    const what = row === undefined ? unknownText(own) : contradiction(record, row);
    if (what !== undefined) mismatches.push({ record, what });
    else if (row?.status === "confirmed" && hasRoom(members, record)) members.push(record);
  }
  return { members, mismatches };
}

/** The record of success of each transaction whose newest record says that it holds, oldest first. */
function successes(records: readonly DataStoreRecord[]): readonly DataStoreRecord[] {
  const newest = new Map<string, DataStoreRecord>();
  const success = new Map<string, DataStoreRecord>();
  for (const record of records) {
    newest.set(record.IDTRX, record);
    if (record.CC === SUCCESS) success.set(record.IDTRX, record);
  }
  return [...success.values()]
    .filter(({ IDTRX }) => [SUCCESS, CONFIRMED_BEFORE].includes(newest.get(IDTRX)?.CC ?? ""))
    .sort((one, other) => one.COUNT - other.COUNT);
}

function hasRoom(members: readonly DataStoreRecord[], record: DataStoreRecord): boolean {
  return members.length < MAX_MEMBERS && sumsOf([...members, record]).length <= MAX_LINES;
}

function unknownText(own: readonly TransactionRecord[]): string {
  return own.length === 0 ? "no transaction" : "IDMER";
}

/** The first element in which they differ. */
function contradiction(record: DataStoreRecord, row: TransactionRecord): string | undefined {
  const names = ["MPDA", "CURRPDA", "CEXPPDA", "PPIEP", "IDIEP", "NTIEP"] as const;
  return names.find((name) => record[name] !== row[name]);
}
