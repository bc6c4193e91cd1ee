import { type Kysely, sql } from "kysely";
import {
  JOB_STATES,
  type JobState,
  type SlowerCase,
  type Trend,
  type TrendCell,
  type TrendCounts,
  type TrendMonth,
} from "../../../reports/trend/data.ts";
import { wholeNumber } from "../../sql/integers.ts";
import { badBenches } from "./benches.ts";
import { dayAfter, daysUpTo } from "./days.ts";
import { flakyCases } from "./flaky.ts";
import type { HistoryStore } from "./record.ts";
import type { HistorySchema } from "./tables.ts";

/** Days that are shown one by one; what lies before is shown by month. */
export const TREND_DAYS = 90;
/** Months at most: fifteen years. */
const MOST_MONTHS = 180;

/** Everything that the trend page shows on `day`. Its size does not grow with the years but by a line a month. */
export async function readTrend(history: HistoryStore, name: string, day: string): Promise<Trend> {
  const days = daysUpTo(day, TREND_DAYS);
  const from = days[0] ?? day;
  const [cells, counts, months, slower] = await history.run(async (db) => [
    await cellsOf(db, from, day),
    await countsOf(db, from, day),
    await monthsOf(db, from),
    await slowerCases(db, day),
  ]);
  return {
    name,
    made: history.now(),
    day,
    days,
    jobs: [...new Set(cells.map(({ job }) => job))].sort(),
    cells,
    counts,
    months,
    flaky: await flakyCases(history, day),
    slower,
    benches: await badBenches(history),
  };
}

/** Of several nights on a day the last; a run that was brought from elsewhere stands for itself. */
async function cellsOf(db: Kysely<HistorySchema>, from: string, to: string): Promise<TrendCell[]> {
  const cells = new Map<string, TrendCell>();
  const runs = await db
    .selectFrom("runs")
    .select(["run", "day", "job", "verdict", "device", "pass", "fail", "inconc", "error", "notApplicable", "notRun"])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .orderBy("started")
    .execute();
  const texts = new Map<string, string>();
  for (const run of runs) {
    const text = `${run.device}: ${countsText(run)}`;
    texts.set(run.run, text);
    cells.set(`${run.day} ${run.job}`, { day: run.day, job: run.job, state: stateOf(run.verdict), text });
  }
  const jobs = await db
    .selectFrom("nightJobs")
    .select(["day", "job", "state", "reason", "run"])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .orderBy("started")
    .execute();
  for (const { day, job, state, reason, run } of jobs) {
    const counts = run === null ? undefined : texts.get(run);
    const text = counts === undefined ? reason : `${reason} ${counts}`;
    cells.set(`${day} ${job}`, { day, job, state: JOB_STATES.find((each) => each === state) ?? "unclear", text });
  }
  return [...cells.values()];
}

function countsText(run: Readonly<Record<(typeof COUNTS)[number], number>>): string {
  const parts = COUNTS.filter((name) => run[name] > 0).map((name) => `${run[name]} ${name}`);
  return parts.length === 0 ? "no cases" : parts.join(", ");
}

function stateOf(verdict: string): JobState {
  if (verdict === "pass") return "expected";
  return verdict === "fail" ? "unexpected" : "unclear";
}

const COUNTS = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"] as const;
const sums = COUNTS.map((name) => sql<number | string>`sum(${sql.ref(name)})`.as(name));

async function countsOf(db: Kysely<HistorySchema>, from: string, to: string): Promise<TrendCounts[]> {
  const rows = await db
    .selectFrom("runs")
    .select(["day", sql<number | string>`count(*)`.as("runs"), ...sums])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .groupBy("day")
    .orderBy("day")
    .execute();
  return rows.map((row) => ({ period: row.day, runs: wholeNumber(row.runs), outcomes: outcomesOf(row) }));
}

async function monthsOf(db: Kysely<HistorySchema>, before: string): Promise<TrendMonth[]> {
  const month = sql<string>`substr("day", 1, 7)`;
  const runs = await db
    .selectFrom("runs")
    .select([month.as("month"), sql<number | string>`count(*)`.as("runs"), ...sums])
    .select(sql<number | string>`sum("durationMs")`.as("durationMs"))
    .where("day", "<", before)
    .groupBy(month)
    .orderBy("month", "desc")
    .limit(MOST_MONTHS)
    .execute();
  const jobs = await db
    .selectFrom("nightJobs")
    .select([month.as("month"), sql<number | string>`count(*)`.as("jobs")])
    .select(sql<number | string>`sum(case when "state" = 'expected' then 1 else 0 end)`.as("expected"))
    .where("day", "<", before)
    .groupBy(month)
    .execute();
  const judged = new Map(jobs.map((row) => [row.month, row]));
  return runs.map((row) => ({
    period: row.month,
    runs: wholeNumber(row.runs),
    durationMs: wholeNumber(row.durationMs),
    outcomes: outcomesOf(row),
    jobs: wholeNumber(judged.get(row.month)?.jobs ?? 0),
    expected: wholeNumber(judged.get(row.month)?.expected ?? 0),
  }));
}

function outcomesOf(row: Readonly<Record<(typeof COUNTS)[number], number | string>>): TrendCounts["outcomes"] {
  const [pass, fail, inconc, error, notApplicable, notRun] = COUNTS.map((name) => wholeNumber(row[name]));
  return {
    pass: pass ?? 0,
    fail: fail ?? 0,
    inconc: inconc ?? 0,
    error: error ?? 0,
    notApplicable: notApplicable ?? 0,
    notRun: notRun ?? 0,
  };
}

/** Now: the last week. Before: what lies more than thirty days back. */
const NOW_DAYS = 7;
const BEFORE_DAYS = 30;
const FEWEST_RUNS = 3;
/** Less than that is nobody's business, ms. */
const LEAST_GROWTH_MS = 100;
const MOST_SLOWER = 10;

/** Passed cases whose mean duration of the last week has grown most, in proportion, against that of one to three months ago. */
async function slowerCases(db: Kysely<HistorySchema>, day: string): Promise<SlowerCase[]> {
  const [now, then, start] = [dayAfter(day, -NOW_DAYS), dayAfter(day, -BEFORE_DAYS), dayAfter(day, -TREND_DAYS)];
  const mean = (isThere: ReturnType<typeof sql<boolean>>) =>
    sql<number | string>`avg(case when ${isThere} then "outcomes"."durationMs" end)`;
  const isNow = sql<boolean>`"runs"."day" > ${now}`;
  const isBefore = sql<boolean>`"runs"."day" <= ${then}`;
  const [nowMs, beforeMs] = [mean(isNow), mean(isBefore)];
  const rows = await db
    .selectFrom("runs")
    .innerJoin("outcomes", "outcomes.runKey", "runs.key")
    .select(["runs.job", "outcomes.caseKey", nowMs.as("nowMs"), beforeMs.as("beforeMs")])
    .where("runs.day", ">", start)
    .where("runs.day", "<=", day)
    .where("outcomes.outcome", "=", "pass")
    .groupBy(["runs.job", "outcomes.caseKey"])
    .having(
      sql<boolean>`count(case when ${isNow} then 1 end) >= ${FEWEST_RUNS} and count(case when ${isBefore} then 1 end) >= ${FEWEST_RUNS}
        and ${nowMs} - ${beforeMs} >= ${LEAST_GROWTH_MS}`,
    )
    .orderBy(sql`${nowMs} / (${beforeMs} + 1)`, "desc")
    .limit(MOST_SLOWER)
    .execute();
  const keys = rows.map(({ caseKey }) => caseKey);
  const names =
    keys.length === 0
      ? []
      : await db.selectFrom("caseNames").select(["key", "name"]).where("key", "in", keys).execute();
  const nameOf = new Map(names.map(({ key, name }) => [String(key), name]));
  return rows.map(({ job, caseKey, beforeMs, nowMs }) => ({
    job,
    caseId: nameOf.get(String(caseKey)) ?? "",
    beforeMs: Number(beforeMs),
    nowMs: Number(nowMs),
  }));
}
