import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../harness/bench/package-root.ts";
import { loadPics } from "../../harness/bench/pics.ts";
import { systemClock } from "../../harness/core/clock.ts";
import type { Waiver } from "../../harness/evidence/event.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import { conductRun, exitCodeOf } from "./conduct.ts";
import { FakeStation } from "./testing/fake-station.ts";
import { failing, passing } from "./testing/sample-cases.ts";
import { whyVoid } from "./waive.ts";

const pics = loadPics(join(packageRoot(), "fixtures", "pics", "reference-card.yaml"));
const WAIVER: Waiver = {
  case: failing.id,
  product: "simulated card",
  version: "1",
  reason: "known, mended in version 2",
  approver: "R. Miles",
  expires: "9999-12-31",
};

async function run(...waivers: Waiver[]) {
  const told: string[] = [];
  const conducted = await conductRun({
    dir: temporaryDirectory(),
    run: SAMPLE_RUN,
    cases: [passing, failing],
    station: async (record) => new FakeStation(record),
    describe: () => ({}),
    clock: systemClock,
    pics,
    waivers,
    tell: (text) => told.push(text),
  });
  return { conducted, told, results: conducted.results };
}

test("a waiver stands beside the failure and changes neither verdict nor exit code", async () => {
  const { conducted, results, told } = await run(WAIVER);
  expect(results).toMatchObject({ verdict: "fail", summary: { pass: 1, fail: 1 } });
  expect(results?.cases[1]?.waiver).toEqual(WAIVER);
  expect(conducted.outcome.cases[1]?.waiver).toEqual(WAIVER);
  expect(exitCodeOf(conducted)).toBe(1);
  expect(told).toEqual([]);
});

test.each([
  [{ expires: "2020-01-31" }, "it expired on 2020-01-31"],
  [{ product: "another card" }, "it is for another card, and under test is simulated card"],
  [{ version: "2" }, "it is for version 2, and under test is 1"],
  [{ case: passing.id }, "the case did not fail"],
  [{ case: "PAY-CARD-009" }, "this run does not have the case"],
] as const)("one with %j is told and has no effect", async (change, why) => {
  const { results, told } = await run({ ...WAIVER, ...change });
  expect(told).toEqual([`The waiver for ${"case" in change ? change.case : failing.id} has no effect: ${why}.`]);
  expect(results?.cases.some(({ waiver }) => waiver !== undefined)).toBe(false);
});

test("a waiver holds on its last day and not on the next", () => {
  expect(whyVoid({ ...WAIVER, expires: "2026-08-02" }, pics, "2026-08-02")).toBeUndefined();
  expect(whyVoid({ ...WAIVER, expires: "2026-08-02" }, pics, "2026-08-03")).toBe("it expired on 2026-08-02");
});
