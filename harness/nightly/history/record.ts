import type { Kysely } from "kysely";
import type { Night } from "../../../reports/trend/data.ts";
import type { SqlStore } from "../../sql/store.ts";
import { deviceOf, type NightCase, type NightResults } from "../results-file.ts";
import type { HistorySchema, OutcomeRow } from "./tables.ts";

export type HistoryStore = SqlStore<HistorySchema>;

/** Where and when a run was made. */
export interface RunPlace {
  readonly job: string;
  readonly bench: string;
  readonly host: string;
  /** Of the night, or on which it began. */
  readonly day: string;
}

/** Rows in one statement: both engines bound the values that one may have. */
const CHUNK = 1_000;

/** Adds a run with the outcomes of its cases. False when it is there already, whoever brought it; then nothing changes. */
export async function addRun(history: HistoryStore, results: NightResults, place: RunPlace): Promise<boolean> {
  return await history.unit(async (db) => {
    const { run, verdict, summary } = results;
    const durationMs = Math.max(0, Date.parse(run.ended) - Date.parse(run.started));
    const row = {
      run: run.id,
      ...place,
      device: deviceOf(results),
      started: run.started,
      durationMs,
      verdict,
      ...summary,
    };
    const added = await db
      .insertInto("runs")
      .values(row)
      .onConflict((conflict) => conflict.column("run").doNothing())
      .returning("key")
      .executeTakeFirst();
    if (added === undefined) return false;
    const keys = await caseKeys(db, [...new Set(results.cases.map(({ id }) => id))].sort());
    const rows = new Map(results.cases.map((each) => [each.id, outcomeRow(added.key, keys.get(each.id) ?? 0, each)]));
    for (const chunk of chunks([...rows.values()])) await db.insertInto("outcomes").values(chunk).execute();
    return true;
  });
}

/** Numbers of cases by their names. `names` are sorted: two hosts that bring the same new ones then never wait for each other in a ring. */
async function caseKeys(db: Kysely<HistorySchema>, names: readonly string[]): Promise<Map<string, number | string>> {
  const keys = new Map<string, number | string>();
  for (const chunk of chunks(names)) {
    const known = await db.selectFrom("caseNames").select(["key", "name"]).where("name", "in", chunk).execute();
    for (const { key, name } of known) keys.set(name, key);
    const fresh = chunk.filter((name) => !keys.has(name));
    if (fresh.length === 0) continue;
    await db
      .insertInto("caseNames")
      .values(fresh.map((name) => ({ name })))
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    const made = await db.selectFrom("caseNames").select(["key", "name"]).where("name", "in", fresh).execute();
    for (const { key, name } of made) keys.set(name, key);
  }
  return keys;
}

function outcomeRow(runKey: number | string, caseKey: number | string, each: NightCase): OutcomeRow {
  const { verdict: outcome, durationMs } = each;
  return { runKey, caseKey, outcome, durationMs: Math.round(durationMs), flips: flipsWithin(each) };
}

function flipsWithin({ attempts = [] }: NightCase): number {
  const judged = attempts.filter(({ verdict }) => verdict !== "notRun" && verdict !== "notApplicable");
  return judged.filter(
    ({ verdict }, index) => index > 0 && (verdict === "pass") !== (judged[index - 1]?.verdict === "pass"),
  ).length;
}

/** Adds what became of a night. A night that is there already is left as it is. */
export async function addNight(history: HistoryStore, night: Night): Promise<void> {
  await history.unit(async (db) => {
    const { id, name, day, host, started, ended, exitCode } = night;
    const added = await db
      .insertInto("nights")
      .values({ night: id, name, day, host, started, ended, exitCode })
      .onConflict((conflict) => conflict.column("night").doNothing())
      .returning("night")
      .executeTakeFirst();
    if (added === undefined || night.jobs.length === 0) return;
    const rows = night.jobs.map(({ job, bench, state, reason, surprises, run }) => ({
      night: id,
      job,
      day,
      started,
      bench,
      state,
      reason: reason.slice(0, 500),
      surprises: surprises.length,
      run: run ?? null,
    }));
    for (const chunk of chunks(rows)) await db.insertInto("nightJobs").values(chunk).execute();
  });
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, at) => all.slice(at * CHUNK, (at + 1) * CHUNK));
}
