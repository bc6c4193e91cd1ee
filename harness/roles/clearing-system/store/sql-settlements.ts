import type { Kysely } from "kysely";
import { wholeNumber } from "../../../sql/integers.ts";
import { reportOf, type SettledMember, type SettlementReport } from "../report.ts";
import type { Settlement } from "./contracts.ts";
import type { ClearingSchema } from "./schema.ts";

/** Which members are settled under which number. */

type Db = Kysely<ClearingSchema>;

export async function beginSettlement(unit: Db, created: string): Promise<Settlement | undefined> {
  const begun = await unit.selectFrom("settlements").select("N").where("status", "=", "begun").executeTakeFirst();
  const N = begun === undefined ? await newSettlement(unit, created) : wholeNumber(begun.N);
  return N === undefined ? undefined : { N, members: await membersOf(unit, N) };
}

/** Undefined where no member waits for one. */
async function newSettlement(unit: Db, created: string): Promise<number | undefined> {
  const { last } = await unit
    .selectFrom("settlements")
    .select((expression) => expression.fn.max("N").as("last"))
    .executeTakeFirstOrThrow();
  const N = wholeNumber(last) + 1;
  const taken = await unit
    .updateTable("members")
    .set({ settlement: N })
    .where("status", "=", "accepted")
    .where("settlement", "is", null)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return undefined;
  await unit.insertInto("settlements").values({ N, status: "begun", created }).execute();
  return N;
}

export async function finishSettlement(unit: Db, N: number): Promise<void> {
  await unit.updateTable("members").set({ status: "settled" }).where("settlement", "=", N).execute();
  await unit.updateTable("settlements").set({ status: "booked" }).where("N", "=", N).execute();
}

export async function abandonSettlement(unit: Db, N: number): Promise<void> {
  await unit.updateTable("members").set({ settlement: null }).where("settlement", "=", N).execute();
  await unit.deleteFrom("settlements").where("N", "=", N).execute();
}

export async function settlements(db: Db): Promise<readonly SettlementReport[]> {
  const rows = await db.selectFrom("settlements").select("N").where("status", "=", "booked").orderBy("N").execute();
  const reports: SettlementReport[] = [];
  for (const row of rows) {
    const N = wholeNumber(row.N);
    reports.push(reportOf(N, await membersOf(db, N)));
  }
  return reports;
}

async function membersOf(db: Db, N: number): Promise<readonly SettledMember[]> {
  const rows = await db
    .selectFrom("members")
    .select(["PPIEP", "IDACQUIRER", "IDMER", "MPDA", "CURR", "CEXP"])
    .where("settlement", "=", N)
    .orderBy("sequence")
    .execute();
  return rows.map(({ MPDA, ...row }) => ({ ...row, MPDA: wholeNumber(MPDA) }));
}
