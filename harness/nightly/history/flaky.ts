import { type Kysely, sql } from "kysely";
import type { FlakyCase } from "../../../reports/trend/data.ts";
import type { Outcome } from "../../evidence/verdict.ts";
import { wholeNumber } from "../../sql/integers.ts";
import { dayAfter } from "./days.ts";
import type { HistoryStore } from "./record.ts";
import type { HistorySchema } from "./tables.ts";

/** Days that are looked at. */
export const FLAKY_DAYS = 30;
/** Below so many runs nothing is said. */
export const FLAKY_RUNS = 5;
/** A case that began to fail, or was mended, changed once; one that does as it likes changes back. */
export const FLAKY_FLIPS = 2;
/** Outcomes that are shown. */
const LAST = 30;

/**
 * Cases that are flaky on `day`: in the 30 days that end with it, of one job with one device (product and version), at least 5 runs
 * gave a verdict, and it changed between pass and no pass at least twice, from one run to the next or within a run that tried again.
 * Worst first. This is told beside the verdicts and changes none: a case that failed has failed.
 */
export async function flakyCases(history: HistoryStore, day: string, most = 50): Promise<FlakyCase[]> {
  return await history.run(async (db) => {
    const suspects = await changingCases(db, day);
    const seen = await seriesOf(db, [...new Set(suspects.map(({ caseKey }) => caseKey))], day);
    const found = suspects.flatMap((suspect): FlakyCase[] => {
      const series = seen.get(keyOf(suspect)) ?? [];
      const last = series.map(({ outcome }) => outcome as Outcome);
      const flips = changes(last) + series.reduce((sum, each) => sum + wholeNumber(each.flips), 0);
      if (series.length < FLAKY_RUNS || flips < FLAKY_FLIPS) return [];
      const { job, device, name } = suspect;
      return [{ job, device, caseId: name, runs: series.length, flips, last: last.slice(-LAST) }];
    });
    return found.sort((a, b) => b.flips / b.runs - a.flips / a.runs || (a.caseId < b.caseId ? -1 : 1)).slice(0, most);
  });
}

interface Suspect {
  readonly job: string;
  readonly device: string;
  readonly caseKey: number | string;
  readonly name: string;
}

/** A sane number of series to look at: with more than that something else is wrong than flaky cases. */
const MOST_SUSPECTS = 1_000;

/** Cases with a pass and something else in these days. */
async function changingCases(db: Kysely<HistorySchema>, day: string): Promise<Suspect[]> {
  return await db
    .selectFrom("runs")
    .innerJoin("outcomes", "outcomes.runKey", "runs.key")
    .innerJoin("caseNames", "caseNames.key", "outcomes.caseKey")
    .select(["runs.job", "runs.device", "outcomes.caseKey", "caseNames.name"])
    .where("runs.day", ">", dayAfter(day, -FLAKY_DAYS))
    .where("runs.day", "<=", day)
    .where("outcomes.outcome", "in", ["pass", "fail", "inconc", "error"])
    .groupBy(["runs.job", "runs.device", "outcomes.caseKey", "caseNames.name"])
    .having(
      sql<boolean>`(sum(case when "outcomes"."outcome" = 'pass' then 1 else 0 end) > 0
        and sum(case when "outcomes"."outcome" = 'pass' then 0 else 1 end) > 0) or sum("outcomes"."flips") > 0`,
    )
    .orderBy("caseNames.name")
    .limit(MOST_SUSPECTS)
    .execute();
}

type SeriesKey = Pick<Suspect, "job" | "device" | "caseKey">;

function keyOf({ job, device, caseKey }: SeriesKey): string {
  return `${job}\0${device}\0${caseKey}`;
}

/** Outcomes of these cases, oldest first, by job, device and case. */
async function seriesOf(db: Kysely<HistorySchema>, cases: readonly (number | string)[], day: string) {
  const rows =
    cases.length === 0
      ? []
      : await db
          .selectFrom("runs")
          .innerJoin("outcomes", "outcomes.runKey", "runs.key")
          .select(["runs.job", "runs.device", "outcomes.caseKey", "outcomes.outcome", "outcomes.flips"])
          .where("runs.day", ">", dayAfter(day, -FLAKY_DAYS))
          .where("runs.day", "<=", day)
          .where("outcomes.caseKey", "in", cases)
          .where("outcomes.outcome", "in", ["pass", "fail", "inconc", "error"])
          .orderBy("runs.day")
          .orderBy("runs.started")
          .execute();
  const series = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) {
    const known = series.get(keyOf(row));
    if (known) known.push(row);
    else series.set(keyOf(row), [row]);
  }
  return series;
}

function changes(outcomes: readonly Outcome[]): number {
  return outcomes.filter((each, index) => index > 0 && (each === "pass") !== (outcomes[index - 1] === "pass")).length;
}
