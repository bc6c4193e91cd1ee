import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../bench/package-root.ts";
import { COMMAND } from "../cli/testing/command.ts";
import { systemClock } from "../core/clock.ts";
import { loadNightly } from "./config.ts";
import { loadExpected } from "./expected/file.ts";
import { writeTrend } from "./hand.ts";
import { performNight } from "./night.ts";

const EXAMPLES = join(packageRoot(), "fixtures", "nightly");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pb-night-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the examples are read as they stand", () => {
  const config = loadNightly(join(EXAMPLES, "nightly.yaml"));
  expect(config.jobs.map(({ name, suites, cases, card }) => ({ name, suites, cases, card }))).toEqual([
    { name: "simulated-card", suites: ["clearing"], cases: [], card: undefined },
    { name: "aes-card", suites: [], cases: ["PAY-BASE-01", "PAY-0071-01"], card: "sim:aes" },
  ]);
  expect(loadExpected(join(EXAMPLES, "expected", "simulated-card.yaml")).baseline).toContain("CLR-0005-01");
  expect(parse(readFileSync(join(EXAMPLES, "gitlab-ci.yml"), "utf8"))).toMatchObject({
    nightly: { artifacts: { reports: { junit: "nights/*/*/junit.xml" } }, allow_failure: { exit_codes: [2] } },
  });
});

test.skipIf(spawnSync("systemd-analyze", ["--version"]).status !== 0)(
  "systemd has nothing to say against its units",
  () => {
    const units = ["pursebench-nightly.service", "pursebench-nightly.timer"].map((name) => {
      cpSync(join(EXAMPLES, name), join(folder, name));
      return join(folder, name);
    });
    const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", ...units], { encoding: "utf8" });
    expect(`${stdout}${stderr}`.split("\n").filter((line) => line.includes("pursebench-nightly"))).toEqual([]);
  },
);

test("a real night of two jobs, end to end: runs, logs, history, pages", { timeout: 240_000 }, async () => {
  const path = join(folder, "lab.yaml");
  writeFileSync(
    path,
    `format: pursebench-nightly/1
name: lab
history: { sqlite: history/nights.sqlite }
runs: { folder: nights }
locks: { folder: locks }
parallel: 2
benches:
  - { name: inproc, bench: inproc }
jobs:
  - { name: base, bench: inproc, cases: [PAY-BASE-01] }
  - { name: aes, bench: inproc, card: sim:aes, cases: [PAY-0071-01] }
`,
  );
  const config = loadNightly(path);
  const { night, troubles } = await performNight({
    config,
    program: [process.execPath, COMMAND],
    clock: systemClock,
    signal: new AbortController().signal,
    knownCases: [],
    tell: () => undefined,
    day: "2031-05-06",
  });
  expect(troubles).toEqual([]);
  expect(night.exitCode).toBe(0);
  expect(night.jobs.map(({ job, state, outcomes }) => [job, state, outcomes?.pass])).toEqual([
    ["base", "expected", 1],
    ["aes", "expected", 1],
  ]);
  for (const file of ["base/report.html", "base/junit.xml", "aes/events.jsonl", "aes.log", "summary.html"]) {
    expect(readFileSync(join(folder, "nights", "2031-05-06", file), "utf8").length).toBeGreaterThan(0);
  }
  const page = join(folder, "trend.html");
  await writeTrend(config, page, "2031-05-06", systemClock);
  expect(readFileSync(page, "utf8")).toMatch(
    /class="c-expected" title="2031-05-06: as expected\. As expected\. [^"]*: 1 pass"/,
  );
});
