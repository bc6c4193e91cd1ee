import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../core/clock.ts";
import { takeDeviceLocks } from "../device/locks/index.ts";
import { loadNightly } from "./config.ts";
import { acceptJob, importRuns, reinstate, writeTrend } from "./hand.ts";
import { type DoneNight, performNight } from "./night.ts";
import type { NightCase } from "./results-file.ts";
import { nightText } from "./summary.ts";
import { type FakePlan, fakeProgram, setPlan } from "./testing/fake-program.ts";
import { caseOf, resultsOf } from "./testing/results.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const DAY = "2031-05-06";

function config(folder: string, jobs: string, more = ""): string {
  const path = join(folder, "lab.yaml");
  writeFileSync(
    path,
    `format: pursebench-nightly/1
name: lab
history: { sqlite: history.sqlite }
runs: { folder: runs, keepNights: 2, keepFailedNights: 3 }
locks: { folder: locks, waitMinutes: 0 }
parallel: 2
${more}
benches:
  - { name: one, bench: inproc }
  - { name: two, bench: inproc }
jobs:
${jobs}`,
  );
  return path;
}

interface Lab {
  readonly folder: string;
  night(options?: { day?: string; signal?: AbortSignal; graceMs?: number }): Promise<DoneNight>;
  readonly told: string[];
  /** Words of all calls of the program. */
  calls(): string[][];
}

function lab(plan: FakePlan, jobs: string, more?: string): Lab & { readonly path: string } {
  const { folder, program } = fakeProgram(plan);
  folders.push(folder);
  const path = config(folder, jobs, more);
  const told: string[] = [];
  return {
    folder,
    path,
    told,
    night: ({ day = DAY, signal = new AbortController().signal, graceMs = 500 } = {}) =>
      performNight({
        config: loadNightly(path),
        program,
        clock: systemClock,
        signal,
        knownCases: ["A-1", "A-2"],
        tell: (text) => told.push(text),
        day,
        graceMs,
      }),
    calls: () =>
      readFileSync(join(folder, "calls"), "utf8")
        .trim()
        .split("\n")
        .map((call) => JSON.parse(call) as string[]),
  };
}

const GOOD = [caseOf("A-1", "pass"), caseOf("A-2", "pass")];
const run = (id: string, cases: readonly NightCase[] = GOOD) => resultsOf(id, cases);
const JOBS = "  - { name: card, bench: one }\n  - { name: psam, bench: two }\n";

describe("a night", () => {
  test("in which all is as expected", async () => {
    const here = lab({ runs: { card: { results: run("R1") }, psam: { results: run("R2") } } }, JOBS);
    const done = await here.night();
    expect(nightText(done)).toBe(`Night 2031-05-06 of lab on ${done.night.host}: all as expected
card  as expected  As expected. 2 of 2 passed. (card sim)
psam  as expected  As expected. 2 of 2 passed. (card sim)
Summary: ${done.folder}/summary.html
`);
    expect(done.night.exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(done.folder, "night.json"), "utf8"))).toEqual(done.night);
    expect(readFileSync(join(done.folder, "summary.html"), "utf8")).toContain('href="card/report.html"');
    const certify = here.calls().find((words) => words.at(-1)?.endsWith("/card"));
    expect(certify).toEqual(["certify", "--json", "--bench", "inproc", "--out", join(done.folder, "card")]);
    const health = here.calls().find((words) => words.at(-1)?.endsWith("/health-one"));
    expect(health?.slice(0, 7)).toEqual([
      "certify",
      "--json",
      "--bench",
      "inproc",
      "--case",
      "PAY-BASE-01",
      "--no-diagnose",
    ]);
  });

  test("a job hands over everything that is asked of its run", async () => {
    const job = `  - name: card
    bench: one
    card: sim:aes
    pics: pics.yaml
    suites: [card, payment]
    iut: card
    retry: 2
    mode: engineering\n`;
    const here = lab({ runs: { card: { results: run("R1") } } }, job);
    writeFileSync(join(here.folder, "pics.yaml"), "");
    const { folder } = await here.night();
    const pics = join(here.folder, "pics.yaml");
    const suites = ["--suite", "card", "--suite", "payment", "--retry", "2", "--out", join(folder, "card")];
    const first = [
      "certify",
      "--json",
      "--bench",
      "inproc",
      "--card",
      "sim:aes",
      "--iut",
      "card",
      "--mode",
      "engineering",
    ];
    expect(here.calls().at(-1)).toEqual([...first, "--pics", pics, ...suites]);
    expect(here.calls()).toContainEqual(["doctor", "--json", "--bench", "inproc", "--card", "sim:aes"]);
  });

  test("a fail that nobody expected is one job's, and the night's", async () => {
    const bad = run("R1", [caseOf("A-1", "pass"), caseOf("A-2", "fail", "BALIEP is 5")]);
    const here = lab({ runs: { card: { results: bad, exit: 1 }, psam: { results: run("R2") } } }, JOBS);
    const done = await here.night();
    expect(done.night.exitCode).toBe(1);
    expect(done.night.jobs.map(({ state }) => state)).toEqual(["unexpected", "expected"]);
    expect(nightText(done)).toContain("  card unexpected-fail: A-2 failed, expected pass: BALIEP is 5\n");
  });

  test("what is inconclusive says nothing about the device: unclear, unless something else was unexpected", async () => {
    const bad = run("R1", [caseOf("A-1", "inconc", "no card")]);
    const here = lab({ runs: { card: { results: bad, exit: 2 }, psam: { results: run("R2") } } }, JOBS);
    const done = await here.night();
    expect([done.night.exitCode, done.night.jobs[0]?.state]).toEqual([2, "unclear"]);
  });

  test("a run that dies goes on where it broke off, once, and harms no other", async () => {
    const plan = { runs: { card: { crashes: true, results: run("R1") }, psam: { results: run("R2") } } };
    const here = lab(plan, JOBS);
    const done = await here.night();
    expect(done.night.jobs.map(({ state, reason }) => [state, reason])).toEqual([
      ["expected", "As expected. It had broken off and went on."],
      ["expected", "As expected."],
    ]);
    expect(here.calls()).toContainEqual(["certify", "--json", "--resume", join(done.folder, "card")]);
    expect(here.told).toContain("card: the run was ended by SIGKILL; it goes on where it broke off");
  });

  test("a run that dies and leaves no results is unclear, with what it said last", async () => {
    const here = lab({ runs: { card: { exit: 3, says: "the reader burns" } } }, "  - { name: card, bench: one }\n");
    const done = await here.night();
    expect(done.night.jobs[0]).toMatchObject({
      state: "unclear",
      reason: "No results: the run ended with code 3. the reader burns the reader burns",
    });
    expect(done.night.exitCode).toBe(2);
  });

  test("a night that is interrupted tells its runs, waits for them, and says so", { timeout: 20_000 }, async () => {
    const controller = new AbortController();
    const here = lab({ runs: { card: { hangs: 1, results: run("R1") }, psam: { hangs: 2 } } }, JOBS);
    const hanging = ["card", "psam"].map((job) => join(here.folder, "runs", DAY, job, "hanging"));
    mkdirSync(join(here.folder, "runs"));
    const watcher = watch(join(here.folder, "runs"), { recursive: true }, () => {
      if (hanging.every((file) => existsSync(file))) controller.abort();
    });
    const done = await here.night({ signal: controller.signal });
    watcher.close();
    expect(done.night.exitCode).toBe(130);
    expect(done.night.jobs.map(({ state }) => state)).toEqual(["interrupted", "interrupted"]);
    for (const file of hanging) expect(existsSync(`/proc/${readFileSync(file, "utf8")}`)).toBe(false);
  });

  test("a device that somebody else uses is named, and the job is not run", async () => {
    const jobs = "  - { name: card, bench: one, locks: [chamber] }\n  - { name: psam, bench: two }\n";
    const here = lab({ runs: { psam: { results: run("R2") } } }, jobs);
    const folder = join(here.folder, "locks");
    using _held = await takeDeviceLocks(["chamber"], { clock: systemClock, folder, holder: "the technician" });
    const done = await here.night();
    expect(done.night.jobs.map(({ state }) => state)).toEqual(["notRun", "expected"]);
    expect(done.night.jobs[0]?.reason).toMatch(/^chamber is in use by the technician \(process \d+ on /);
    expect(done.night.exitCode).toBe(2);
  });

  test("jobs that need the same device follow each other, others run beside them", { timeout: 20_000 }, async () => {
    const jobs = `  - { name: a, bench: one, locks: [chamber] }
  - { name: b, bench: one, locks: [chamber] }
  - { name: c, bench: two }\n`;
    const { folder: fake } = fakeProgram({ runs: {} });
    folders.push(fake);
    const begun = join(fake, "c-has-begun");
    const here = lab({ runs: {} }, jobs);
    // a ends when c has begun, which it can only when it does not wait for a
    const c = { results: run("C"), says: "c" };
    setPlan(here.folder, { runs: { a: { results: run("A"), waitsFor: begun }, b: { results: run("B") }, c } });
    const runs = join(here.folder, "runs");
    mkdirSync(runs);
    const watcher = watch(runs, { recursive: true }, () => {
      if (!existsSync(join(runs, DAY, "c", "run.json")) || existsSync(begun)) return;
      expect(existsSync(join(runs, DAY, "b"))).toBe(false);
      writeFileSync(begun, "");
    });
    const done = await here.night();
    watcher.close();
    expect(done.night.jobs.map(({ job, state }) => `${job} ${state}`)).toEqual([
      "a expected",
      "b expected",
      "c expected",
    ]);
  });

  test("old nights go; those that were not as expected stay longer", async () => {
    const here = lab({ runs: { card: { results: run("R1") } } }, "  - { name: card, bench: one }\n");
    const nights = async (day: string, verdict: "pass" | "fail") => {
      setPlan(here.folder, { runs: { card: { results: run(day, [caseOf("A-1", verdict)]) } } });
      await here.night({ day });
    };
    await nights("2031-05-01", "pass");
    await nights("2031-05-02", "fail");
    await nights("2031-05-03", "pass");
    mkdirSync(join(here.folder, "runs", "2031-01-01"));
    await nights("2031-05-04", "pass");
    expect(readdirSync(join(here.folder, "runs"))).toEqual(["2031-01-01", "2031-05-02", "2031-05-03", "2031-05-04"]);
  });
});

describe("a bench", () => {
  const missing = { inproc: "no reader" };

  test("that is not in order is out for this night, with its jobs; after as many nights as said until it is reinstated", async () => {
    const plan = { runs: { card: { results: run("R1") } } };
    const here = lab({ ...plan, missing }, "  - { name: card, bench: one }\n", "badNights: 2");
    const first = await here.night();
    expect(first.night.exitCode).toBe(2);
    expect(first.night.jobs[0]).toMatchObject({
      state: "notRun",
      reason: "The bench is out: card: no reader (to mend: plug it in). Bad night 1 of 2.",
    });
    const second = await here.night({ day: "2031-05-07" });
    expect(second.night.benches[0]?.reason).toContain(
      "Bad night 2 of 2. It stays out until: nightly CONFIG --reinstate one",
    );
    setPlan(here.folder, plan);
    const third = await here.night({ day: "2031-05-08" });
    expect(third.night.benches[0]?.reason).toMatch(/^Out after 2 bad nights \(since 2031-05-06\)/);
    expect(nightText(third)).toContain("bench one OUT: Out after 2 bad nights");
    expect(await reinstate(loadNightly(here.path), "one", systemClock)).toBe("Bench one takes part again.");
    const fourth = await here.night({ day: "2031-05-09" });
    expect(fourth.night.exitCode).toBe(0);
  });

  test("with which known good devices fail is out, and says which case", async () => {
    const failing = resultsOf("H", [caseOf("PAY-BASE-01", "inconc", "the line is dead")]);
    const here = lab({ runs: { "health-one": { results: failing, exit: 2 } } }, "  - { name: card, bench: one }\n");
    const done = await here.night();
    expect(done.night.benches[0]?.reason).toBe(
      "With known good devices: PAY-BASE-01 ended inconc: the line is dead. Bad night 1 of 3.",
    );
  });
});

describe("between nights", () => {
  test("what a job gave is accepted, and expected from then on", async () => {
    const bad = run("R1", [caseOf("A-1", "pass"), caseOf("A-2", "fail", "known")]);
    const here = lab(
      { runs: { card: { results: bad, exit: 1 } } },
      "  - { name: card, bench: one, expected: card.yaml }\n",
    );
    expect((await here.night()).night.exitCode).toBe(1);
    expect(here.told[0]).toMatch(
      /card.yaml is not there yet: everything must pass. Make it: nightly CONFIG --accept card$/,
    );
    const loaded = loadNightly(here.path);
    const file = join(here.folder, "card.yaml");
    expect(acceptJob(loaded, "card", DAY)).toBe(
      `${file} now expects what ${join(here.folder, "runs", DAY, "card")} has. Say in it why.`,
    );
    setPlan(here.folder, { runs: { card: { results: { ...bad, run: { ...bad.run, id: "R2" } }, exit: 1 } } });
    expect((await here.night()).night.exitCode).toBe(0);
    expect(acceptJob(loaded, "card", DAY)).toMatch(/says already what/);
    expect(() => acceptJob(loaded, "crad", DAY)).toThrow('no job "crad", did you mean "card"?');
    writeFileSync(file, "format: pursebench-expected/1\nbaseline: [A-1]\nexpected: []\n");
    await expect(here.night()).rejects.toThrow(/card.yaml:3: unknown field "expected"/);
  });

  test("runs are brought into the history once; the trend page shows them", async () => {
    const here = lab({ runs: {} }, JOBS);
    const dir = join(here.folder, "old");
    mkdirSync(dir);
    writeFileSync(join(dir, "results.json"), JSON.stringify(run("OLD")));
    const loaded = loadNightly(here.path);
    const bring = () => importRuns(loaded, [dir], { job: "card", clock: systemClock });
    expect(await bring()).toEqual([{ dir, run: "OLD", added: true }]);
    expect(await bring()).toEqual([{ dir, run: "OLD", added: false }]);
    const page = join(here.folder, "trend.html");
    await writeTrend(loaded, page, DAY, systemClock);
    expect(readFileSync(page, "utf8")).toContain("2031-05-06: as expected. card sim: 2 pass");
    await expect(importRuns(loaded, [here.folder], { clock: systemClock })).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a configuration", () => {
  const complaint = (jobs: string, more?: string) => {
    const { folder } = fakeProgram({ runs: {} });
    folders.push(folder);
    try {
      loadNightly(config(folder, jobs, more));
    } catch (thrown) {
      return String(thrown).replace(/^.*lab.yaml/, "lab.yaml");
    }
    return "none";
  };

  test.each([
    ["  - { name: card, bench: on }\n", 'lab.yaml:12: jobs.0.bench: found "on", expected one of the benches: one, two'],
    [
      "  - { name: card, bench: one, card: pscs:ACS }\n",
      'lab.yaml:12: jobs.0.card: found "pscs:ACS", bad card "pscs:ACS"',
    ],
    [
      "  - { name: card, bench: one, pics: nope.yaml }\n",
      'lab.yaml:12: jobs.0.pics: found "nope.yaml", expected a file',
    ],
    [
      "  - { name: card, bench: one, suites: [cards] }\n",
      'lab.yaml:12: jobs.0.suites.0: found "cards", expected card or psam',
    ],
    ["  - { name: card, bench: one, mode: certification }\n", "lab.yaml:12: jobs.0.mode"],
    ["  - { name: card, bench: one }\n  - { name: card, bench: two }\n", "lab.yaml:13: jobs.1.name"],
    [
      "  - { name: card, bench: one, sutes: [card] }\n",
      'lab.yaml:12: unknown field "sutes" in jobs.0, did you mean "suites"?',
    ],
  ])("%j is told with its line", (jobs, told) => {
    expect(complaint(jobs)).toContain(told);
  });

  test("has no place for a password: the database is named by a variable, which has to be set", async () => {
    const { folder, program } = fakeProgram({ runs: {} });
    folders.push(folder);
    const path = config(folder, JOBS);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("sqlite: history.sqlite", "environment: NOT_SET_ANYWHERE"));
    const signal = new AbortController().signal;
    const options = {
      config: loadNightly(path),
      program,
      clock: systemClock,
      signal,
      knownCases: [],
      tell: () => undefined,
    };
    await expect(performNight(options)).rejects.toThrow("the environment variable NOT_SET_ANYWHERE is not set");
    writeFileSync(path, text.replace("sqlite: history.sqlite", "sqlite: a, environment: B"));
    expect(() => loadNightly(path)).toThrow(/lab.yaml:3: history: .*expected either sqlite/);
  });
});
