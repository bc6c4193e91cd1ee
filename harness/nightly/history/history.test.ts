import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Night } from "../../../reports/trend/data.ts";
import { trendPage } from "../../../reports/trend/page.ts";
import { VirtualClock } from "../../core/clock.ts";
import type { Outcome } from "../../evidence/verdict.ts";
import { type PrivatePostgres, startPrivatePostgres } from "../../sql/private-postgres.ts";
import { caseOf, resultsOf } from "../testing/results.ts";
import { badBenches, forgetBad, markBad } from "./benches.ts";
import { daysUpTo } from "./days.ts";
import { flakyCases } from "./flaky.ts";
import { openHistory } from "./open.ts";
import { addNight, addRun, type HistoryStore } from "./record.ts";
import { readTrend } from "./trend.ts";

let postgres: PrivatePostgres | undefined;
let opened = 0;
beforeAll(async () => {
  postgres = await startPrivatePostgres();
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
});

function newUrl(engine: string): string {
  if (engine === "sqlite") return "sqlite::memory:";
  if (postgres === undefined) throw new Error("the private PostgreSQL server did not start");
  const name = `history_${++opened}`;
  postgres.createDatabase(name);
  return postgres.url(name);
}

const clock = () => new VirtualClock(new Date("2031-05-06T07:08:09Z"));
const open = (engine: string): Promise<HistoryStore> => openHistory(newUrl(engine), clock());
const DAY = "2031-05-06";
const PLACE = { job: "card", bench: "usb", host: "lab-1", day: DAY };

/** One run a day, ending with DAY; each has the case A-1 with that outcome, and B-1, which passes. */
async function series(
  history: HistoryStore,
  outcomes: readonly Outcome[],
  more: Partial<typeof PLACE> = {},
): Promise<void> {
  for (const [index, day] of daysUpTo(DAY, outcomes.length).entries()) {
    const cases = [caseOf("A-1", outcomes[index] ?? "pass"), caseOf("B-1", "pass")];
    await addRun(history, resultsOf(`${more.job ?? ""}${day}`, cases), { ...PLACE, ...more, day });
  }
}

const night = (id: string, more: Partial<Night>): Night => ({
  format: "pursebench-night/1",
  id,
  name: "lab",
  day: DAY,
  host: "lab-1",
  started: `${DAY}T01:00:00Z`,
  ended: `${DAY}T02:00:00Z`,
  exitCode: 0,
  benches: [],
  jobs: [],
  flaky: [],
  ...more,
});

describe.each(["sqlite", "postgresql"] as const)("the history on %s", (engine) => {
  test("a run is there once, however often and by whomever it is brought", async () => {
    await using history = await open(engine);
    const results = resultsOf("R1", [caseOf("A-1", "pass"), caseOf("A-2", "fail")]);
    expect(await addRun(history, results, PLACE)).toBe(true);
    expect(await addRun(history, results, { ...PLACE, host: "lab-2" })).toBe(false);
    const [row] = await history.run((db) => db.selectFrom("runs").selectAll().execute());
    expect({ ...row, key: 0, durationMs: Number(row?.durationMs) }).toEqual({
      ...PLACE,
      key: 0,
      run: "R1",
      device: "card sim",
      started: "2031-05-06T01:00:00.000Z",
      durationMs: 120_000,
      verdict: "fail",
      pass: 1,
      fail: 1,
      inconc: 0,
      error: 0,
      notApplicable: 0,
      notRun: 0,
    });
    expect(await history.run((db) => db.selectFrom("outcomes").selectAll().execute())).toHaveLength(2);
  });

  test("the device of a run is product and version of its PICS", async () => {
    await using history = await open(engine);
    const pics = { device: { vendor: "v", product: "Purse", version: "1.2" } };
    await addRun(history, resultsOf("R1", [], { claims: { pics } }), PLACE);
    const [row] = await history.run((db) => db.selectFrom("runs").select("device").execute());
    expect(row).toEqual({ device: "Purse 1.2" });
  });

  test("a case that changes there and back is flaky; one that began to fail, or has few runs, is not", async () => {
    await using history = await open(engine);
    await series(history, ["pass", "fail", "pass", "pass", "inconc", "pass"], { job: "flaky" });
    await series(history, ["pass", "pass", "pass", "fail", "fail", "fail"], { job: "broken" });
    await series(history, ["pass", "fail", "pass"], { job: "few" });
    expect(await flakyCases(history, DAY)).toEqual([
      {
        job: "flaky",
        device: "card sim",
        caseId: "A-1",
        runs: 6,
        flips: 4,
        last: ["pass", "fail", "pass", "pass", "inconc", "pass"],
      },
    ]);
    expect(await flakyCases(history, "2031-07-06")).toEqual([]);
  });

  test("attempts of one run that differ count as changes", async () => {
    await using history = await open(engine);
    const tried = { ...caseOf("A-1", "fail"), attempts: [{ verdict: "fail" as const }, { verdict: "pass" as const }] };
    for (const day of daysUpTo(DAY, 5)) {
      await addRun(history, resultsOf(day, [tried]), { ...PLACE, day });
    }
    expect(await flakyCases(history, DAY)).toMatchObject([{ caseId: "A-1", runs: 5, flips: 5 }]);
  });

  test("another version of a device begins anew", async () => {
    await using history = await open(engine);
    for (const [index, day] of daysUpTo(DAY, 10).entries()) {
      const pics = { device: { product: "Purse", version: index < 5 ? "1" : "2" } };
      const results = resultsOf(day, [caseOf("A-1", index < 5 ? "fail" : "pass")], { claims: { pics } });
      await addRun(history, results, { ...PLACE, day });
    }
    expect(await flakyCases(history, DAY)).toEqual([]);
  });

  test("a bench that is bad night after night stays out until somebody reinstates it", async () => {
    await using history = await open(engine);
    const place = { host: "lab-1", bench: "usb" };
    const told = (day: string) => ({ day, reason: "no reader", limit: 2 });
    expect(await markBad(history, place, told("2031-05-05"))).toMatchObject({ badNights: 1, isOut: false });
    const out = { ...place, badNights: 2, isOut: true, since: "2031-05-05", reason: "no reader" };
    expect(await markBad(history, place, told(DAY))).toEqual(out);
    expect(await badBenches(history, "lab-1")).toEqual([out]);
    expect(await badBenches(history, "lab-2")).toEqual([]);
    expect([await forgetBad(history, place), await forgetBad(history, place)]).toEqual([true, false]);
    expect(await badBenches(history)).toEqual([]);
  });

  test("the trend: days one by one, months before, jobs that were not run, what grew slower", async () => {
    await using history = await open(engine);
    for (const [index, day] of daysUpTo(DAY, 120).entries()) {
      const slow = { ...caseOf("SLOW-1", "pass"), durationMs: index < 110 ? 200 : 900 };
      await addRun(history, resultsOf(day, [slow, caseOf("B-1", "pass")]), { ...PLACE, day });
    }
    const job = { job: "psam", bench: "usb", state: "notRun" as const, reason: "The bench is out.", surprises: [] };
    const run = {
      job: "card",
      bench: "usb",
      state: "expected" as const,
      reason: "As expected.",
      surprises: [],
      run: DAY,
    };
    await addNight(history, night("N1", { jobs: [job, run] }));
    await addNight(history, night("N1", { jobs: [] })); // brought twice: nothing changes
    const trend = await readTrend(history, "lab", DAY);
    expect(trend.days).toHaveLength(90);
    expect([trend.days[0], trend.days.at(-1)]).toEqual(["2031-02-06", DAY]);
    expect(trend.jobs).toEqual(["card", "psam"]);
    expect(trend.cells).toHaveLength(91);
    expect(trend.cells.filter(({ day }) => day === DAY)).toEqual([
      { day: DAY, job: "card", state: "expected", text: "As expected. card sim: 2 pass" },
      { day: DAY, job: "psam", state: "notRun", text: "The bench is out." },
    ]);
    expect(trend.counts.at(-1)).toEqual({
      period: DAY,
      runs: 1,
      outcomes: { pass: 2, fail: 0, inconc: 0, error: 0, notApplicable: 0, notRun: 0 },
    });
    expect(trend.months.map(({ period, runs }) => [period, runs])).toEqual([
      ["2031-02", 5],
      ["2031-01", 25],
    ]);
    expect(trend.slower).toEqual([{ job: "card", caseId: "SLOW-1", beforeMs: 200, nowMs: 900 }]);
  });
});

test("several hosts bring runs into one PostgreSQL server at once: nothing is lost, nothing is there twice", async () => {
  const url = newUrl("postgresql");
  await (await openHistory(url, clock()))[Symbol.asyncDispose]();
  const hosts = await Promise.all(Array.from({ length: 4 }, () => openHistory(url, clock())));
  const cases = (shift: number) =>
    Array.from({ length: 300 }, (_, index) => caseOf(`C-${(index * 7 + shift) % 400}`, "pass"));
  const runs = Array.from({ length: 12 }, (_, index) => resultsOf(`R${index}`, cases(index)));
  const added = await Promise.all(
    hosts.flatMap((history, at) => runs.map((results) => addRun(history, results, { ...PLACE, host: `lab-${at}` }))),
  );
  expect(added.filter(Boolean)).toHaveLength(12);
  const [history] = hosts;
  const counted = await history?.run((db) =>
    db.selectFrom("outcomes").select(db.fn.countAll<string>().as("count")).executeTakeFirstOrThrow(),
  );
  expect(Number(counted?.count)).toBe(12 * 300);
  for (const each of hosts) await each[Symbol.asyncDispose]();
});

test("ten years of nights make a page of bounded size", async () => {
  await using history = await openHistory("sqlite::memory:", clock());
  const nights = 3_650;
  await history.run(async (db) => {
    const steps = sql`with recursive steps(i) as (select 0 union all select i + 1 from steps where i < ${nights - 1})`;
    await sql`insert into "caseNames"("name") with recursive steps(i) as (select 1 union all select i + 1 from steps where i < 20)
      select 'C-' || i from steps`.execute(db);
    await sql`insert into "runs"("run", "day", "job", "bench", "device", "host", "started", "durationMs", "verdict",
      "pass", "fail", "inconc", "error", "notApplicable", "notRun") ${steps} select 'R' || i, date(${DAY}, '-' || i || ' days'),
      'card', 'usb', 'Purse 1', 'lab-1', date(${DAY}, '-' || i || ' days') || 'T01:00:00Z', 1000, 'pass', 20, 0, 0, 0, 0, 0 from steps`.execute(
      db,
    );
    await sql`insert into "outcomes" select "runs"."key", "caseNames"."key",
      case when ("runs"."key" + "caseNames"."key") % 5 = 0 then 'fail' else 'pass' end, 10, 0 from "runs" cross join "caseNames"`.execute(
      db,
    );
  });
  const trend = await readTrend(history, "lab", DAY);
  expect([trend.cells.length, trend.months.length, trend.flaky.length]).toEqual([90, 118, 20]);
  expect(trendPage(trend).length).toBeLessThan(120_000);
});
