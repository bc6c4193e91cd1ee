import type { BenchOut } from "../../../reports/trend/data.ts";
import { wholeNumber } from "../../sql/integers.ts";
import type { HistoryStore } from "./record.ts";

/** What is known of the benches of `host`, or of all hosts: only those that were bad when they were looked at last. */
export async function badBenches(history: HistoryStore, host?: string): Promise<BenchOut[]> {
  const rows = await history.run((db) => {
    const all = db.selectFrom("benchStates").selectAll().orderBy("host").orderBy("bench");
    return (host === undefined ? all : all.where("host", "=", host)).execute();
  });
  return rows.map((row) => ({ ...row, badNights: wholeNumber(row.badNights), isOut: wholeNumber(row.isOut) === 1 }));
}

/** A bench was bad this night. From the `limit`th bad night in a row on it stays out. Returns how it stands now. */
export async function markBad(
  history: HistoryStore,
  place: { readonly host: string; readonly bench: string },
  told: { readonly day: string; readonly reason: string; readonly limit: number },
): Promise<BenchOut> {
  const before = (await badBenches(history, place.host)).find(({ bench }) => bench === place.bench);
  const badNights = (before?.badNights ?? 0) + 1;
  const isOut = badNights >= told.limit;
  const row = {
    ...place,
    badNights,
    isOut: isOut ? 1 : 0,
    since: before?.since ?? told.day,
    reason: told.reason.slice(0, 500),
  };
  await history.run((db) =>
    db
      .insertInto("benchStates")
      .values(row)
      .onConflict((conflict) => conflict.columns(["host", "bench"]).doUpdateSet(row))
      .execute(),
  );
  return { ...row, isOut };
}

/** It was found good, or somebody says that it is mended. True when it had been bad. */
export async function forgetBad(
  history: HistoryStore,
  place: { readonly host: string; readonly bench: string },
): Promise<boolean> {
  const [gone] = await history.run((db) =>
    db.deleteFrom("benchStates").where("host", "=", place.host).where("bench", "=", place.bench).execute(),
  );
  return Number(gone?.numDeletedRows ?? 0) > 0;
}
