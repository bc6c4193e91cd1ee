import { expect, test } from "vitest";
import { systemClock } from "../../harness/core/clock.ts";
import { readEvents } from "../../harness/evidence/reader.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import type { Outcome } from "../../harness/evidence/verdict.ts";
import type { Progress } from "./campaign.ts";
import { conductRun } from "./conduct.ts";
import { inconclusive } from "./failures.ts";
import { FakeStation } from "./testing/fake-station.ts";
import { passing, sampleCase } from "./testing/sample-cases.ts";

/** A case that ends as `outcomes` say, one time after the other; the last for ever. */
function fickle(id: string, ...outcomes: ("pass" | "fail" | "inconc" | "error")[]) {
  let n = 0;
  return sampleCase(id, {
    run: async ({ expect }) => {
      const outcome = outcomes[Math.min(n++, outcomes.length - 1)];
      expect.equal("verdict", outcome === "fail" ? "fail" : "pass", "pass");
      if (outcome === "inconc") inconclusive(`try ${n}`, "reader");
      if (outcome === "error") throw new TypeError(`try ${n}`);
    },
  });
}

async function run(retry: number, ...cases: ReturnType<typeof fickle>[]) {
  const dir = temporaryDirectory();
  const told: Progress[] = [];
  const conducted = await conductRun({
    dir,
    run: SAMPLE_RUN,
    cases,
    station: async (record) => new FakeStation(record),
    describe: () => ({}),
    clock: systemClock,
    retry,
    onProgress: (progress) => void (progress.finished && told.push(progress)),
  });
  const started: string[] = [];
  for await (const { caseId, event } of readEvents(dir)) {
    if (event.kind === "case-start") started.push(`${caseId} ${event.attempt ?? 1}`);
  }
  return { ...conducted, started, told };
}

test.each([
  [["fail", "pass"], "fail", ["fail", "pass"]],
  [["inconc", "pass"], "pass", ["inconc", "pass"]],
  [["error", "fail", "pass"], "fail", ["error", "fail", "pass"]],
  [["error", "inconc", "inconc"], "error", ["error", "inconc", "inconc"]],
  [["pass"], "pass", undefined],
] as const)("%j with two retries is %s, and all attempts show", async (outcomes, verdict, attempts) => {
  const { outcome, results } = await run(2, fickle("PAY-X-1", ...outcomes));
  expect(outcome.cases[0]?.finished.outcome).toBe(verdict);
  expect(results?.cases[0]?.verdict).toBe(verdict);
  expect(results?.cases[0]?.attempts?.map((each) => each.verdict as Outcome)).toEqual(attempts);
});

test("cases are tried again after all others, and no more often than asked", async () => {
  const { started, told } = await run(1, fickle("PAY-X-1", "inconc"), passing, fickle("PAY-X-2", "fail", "pass"));
  expect(started).toEqual(["PAY-X-1 1", "PAY-CARD-001 1", "PAY-X-2 1", "PAY-X-1 2", "PAY-X-2 2"]);
  expect(told.map(({ attempt, finished }) => `${attempt ?? 1} ${finished?.outcome}`)).toEqual([
    "1 inconc",
    "1 pass",
    "1 fail",
    "2 inconc",
    "2 pass",
  ]);
});

test("nobody asked: nothing is tried again", async () => {
  const { started } = await run(0, fickle("PAY-X-1", "inconc", "pass"));
  expect(started).toEqual(["PAY-X-1 1"]);
});

test("a case that uses its specimen up is not tried again with that specimen", async () => {
  const { started } = await run(
    3,
    sampleCase("PAY-X-1", { destructive: true, run: async () => inconclusive("x", "card") }),
  );
  expect(started).toEqual(["PAY-X-1 1"]);
});
