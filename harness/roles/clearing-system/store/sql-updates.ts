import type { Kysely } from "kysely";
import { fromHex, toHex } from "../../../core/bytes.ts";
import type { SystemUpdate, UpdateReceipt } from "../../../protocol/messages/layouts.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import type { NewUpdate } from "./contracts.ts";
import type { ClearingSchema } from "./schema.ts";

/** Updates of PSAMs, until there is a receipt for them. */

type Db = Kysely<ClearingSchema>;

const APPLIED = "0000";

/** Of all updates that are due this many are told at a time; the others wait for the receipts of these. */
const MOST_DUE = 500;

export async function lastUpdates(db: Db, psams: readonly string[]): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const BATCHNO of psams) {
    const { last } = await db
      .selectFrom("updates")
      .select((expression) => expression.fn.max("NTUPD").as("last"))
      .where("BATCHNO", "=", BATCHNO)
      .executeTakeFirstOrThrow();
    numbers.push(wholeNumber(last));
  }
  return numbers;
}

export async function storeUpdates(unit: Db, updates: readonly NewUpdate[], created: string): Promise<void> {
  for (const { BATCHNO, NTUPD, UPDATE, kind } of updates) {
    const row = { BATCHNO, NTUPD, kind, UPDATE: toHex(UPDATE), status: "due", created };
    await unit.insertInto("updates").values(row).execute();
  }
}

export async function dueUpdates(db: Db, psams: readonly string[]): Promise<readonly SystemUpdate[]> {
  if (psams.length === 0) return [];
  const rows = await db
    .selectFrom("updates")
    .select(["BATCHNO", "UPDATE"])
    .where("status", "=", "due")
    .where("BATCHNO", "in", [...psams])
    .orderBy("BATCHNO")
    .orderBy("NTUPD")
    .limit(MOST_DUE)
    .execute();
  return rows.map(({ BATCHNO, UPDATE }) => ({ kind: "system-update", BATCHNO, UPDATE: fromHex(UPDATE) }));
}

/** One that was not applied stays due. */
export async function noteReceipts(unit: Db, receipts: readonly UpdateReceipt[]): Promise<void> {
  for (const { BATCHNO, NTUPD, CC } of receipts) {
    if (CC !== APPLIED) continue;
    await unit
      .updateTable("updates")
      .set({ status: "done" })
      .where("BATCHNO", "=", BATCHNO)
      .where("NTUPD", "=", NTUPD)
      .execute();
  }
}
