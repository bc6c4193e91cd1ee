/** A run that broke off after each line of its evidence, and goes on: the verdicts are those of an undisturbed one. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../harness/core/clock.ts";
import { closeRunDirectory } from "../../harness/evidence/close.ts";
import { deriveResults } from "../../harness/evidence/derive.ts";
import { readEvents } from "../../harness/evidence/reader.ts";
import type { Results } from "../../harness/evidence/results.ts";
import { writeIdentification } from "../../harness/evidence/run-directory.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import { verifyRun } from "../../harness/evidence/verify.ts";
import type { SpecimenIdentity } from "../../harness/flows/station.ts";
import { type Conducted, type ConductOptions, conductRun, exitCodeOf } from "./conduct.ts";
import { inconclusive } from "./failures.ts";
import { FakeStation } from "./testing/fake-station.ts";
import { failing, passing, sampleCase } from "./testing/sample-cases.ts";

const unclear = sampleCase("PAY-X-1", { run: async () => inconclusive("no second card", "bench") });
const destructive = sampleCase("PAY-X-2", { destructive: true });
const CASES = [passing, failing, unclear, destructive];

function conduct(dir: string, change: Partial<ConductOptions> = {}): Promise<Conducted> {
  return conductRun({
    dir,
    run: SAMPLE_RUN,
    cases: CASES,
    station: async (record) => new FakeStation(record),
    golden: {
      devices: [{ device: "card", spec: "sim", cases: [passing] }],
      open: async (record) => new FakeStation(record),
    },
    retry: 1,
    describe: () => ({}),
    clock: systemClock,
    ...change,
  });
}

const goOn = (dir: string, change: Partial<ConductOptions> = {}) => conduct(dir, { goesOn: true, ...change });

/** What has to be the same whether or not a run broke off. */
function judged({ verdict, summary, cases, golden }: Results) {
  return {
    verdict,
    summary,
    golden: golden?.map(({ when, outcome }) => `${when} ${outcome}`),
    cases: cases.map(({ id, verdict: outcome, reason, owner }) => ({ id, outcome, reason, owner })),
  };
}

/** A directory with the first `bytes` of these events. */
function brokenOff(events: Buffer, bytes: number): string {
  const dir = temporaryDirectory();
  writeIdentification(dir, SAMPLE_RUN);
  writeFileSync(join(dir, "events.jsonl"), events.subarray(0, bytes));
  return dir;
}

test("after every line, and in the middle of it", { timeout: 60_000 }, async () => {
  const whole = temporaryDirectory();
  const undisturbed = await conduct(whole);
  const events = readFileSync(join(whole, "events.jsonl"));
  const expected = judged(await deriveResults(whole));
  expect(expected).toMatchObject({ verdict: "fail", golden: ["before pass", "after pass"] });
  const ends = [...events.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
  const lastLine = ends.at(-2) ?? 0; // a run with its closing line did not break off
  for (const end of [0, ...ends.filter((each) => each <= lastLine)]) {
    for (const bytes of [end, end + 20]) {
      const dir = brokenOff(events, bytes);
      const conducted = await goOn(dir);
      const results = await deriveResults(dir);
      expect(judged(results), `broken off after ${bytes} bytes`).toEqual(expected);
      expect(results.run).toMatchObject({ complete: true, resumed: 1 });
      expect(conducted.outcome.verdict).toBe(undisturbed.outcome.verdict);
      expect(conducted.outcome.summary).toEqual(undisturbed.outcome.summary);
      expect(exitCodeOf(conducted)).toBe(exitCodeOf(undisturbed));
      await closeRunDirectory(dir);
      expect((await verifyRun(dir)).ok).toBe(true);
    }
  }
});

test("the case that was under way is begun again, as the second attempt", async () => {
  const whole = temporaryDirectory();
  await conduct(whole, { cases: [passing, destructive], golden: undefined });
  const lines = readFileSync(join(whole, "events.jsonl"), "utf8").split("\n");
  const index = lines.findLastIndex((line) => line.includes('"case-start"'));
  const dir = brokenOff(Buffer.from(`${lines.slice(0, index + 1).join("\n")}\n`), Number.POSITIVE_INFINITY);
  expect((await deriveResults(dir)).run).toMatchObject({ complete: false, stoppedIn: destructive.id });
  await goOn(dir, { cases: [passing, destructive], golden: undefined });
  expect((await deriveResults(dir)).cases[1]).toMatchObject({
    verdict: "pass",
    attempts: [{ verdict: "notRun", reason: "the run broke off" }, { verdict: "pass" }],
  });
});

test("after Ctrl-C the cases that were not run are run", async () => {
  const dir = temporaryDirectory();
  const controller = new AbortController();
  let isFirst = true;
  const stopping = sampleCase("PAY-X-3", {
    run: async ({ expect }) => {
      expect.equal("one", 1, 1);
      if (!isFirst) return;
      isFirst = false;
      controller.abort();
      await new Promise(() => undefined);
    },
  });
  const cases = [passing, stopping, failing];
  const first = await conduct(dir, { cases, signal: controller.signal });
  expect(exitCodeOf(first)).toBe(130);
  expect((await deriveResults(dir)).run.interrupted).toBe("interrupted");
  const second = await goOn(dir, { cases });
  expect(exitCodeOf(second)).toBe(1);
  const results = await deriveResults(dir);
  expect(results.run).not.toHaveProperty("interrupted");
  expect(results.cases.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "fail"]);
  expect(results.golden?.map(({ when }) => when)).toEqual(["before", "after"]);
  const begun: string[] = [];
  for await (const { caseId, event } of readEvents(dir)) {
    if (event.kind === "case-start") begun.push(`${caseId} ${event.attempt ?? 1}`);
  }
  expect(begun.filter((each) => each.startsWith(passing.id) && !each.includes("golden"))).toHaveLength(1);
  expect(begun).toContain("PAY-X-3 2");
});

const SPECIMEN: SpecimenIdentity = { what: "card", owner: "card", values: { SNIEP: "01" } };

/** A station whose card is real. */
function withCard(SNIEP: string): ConductOptions["station"] {
  return async (record) =>
    Object.assign(new FakeStation(record), { identify: async () => [{ ...SPECIMEN, values: { SNIEP } }] });
}

test.each([
  [
    "the card is another one",
    { station: withCard("02") },
    "the card is another one: the run began with SNIEP 01, and now there is SNIEP 02",
  ],
  [
    "the card cannot be told",
    {},
    "who the devices are cannot be read, and the run began with devices that could be told",
  ],
  [
    "the bench cannot be opened",
    { station: () => Promise.reject(new Error("pcscd is not running")) },
    "the bench could not be opened: pcscd is not running",
  ],
  [
    "the bench is not ready",
    {
      station: async (record: Parameters<ConductOptions["station"]>[0]) =>
        new FakeStation(record, {
          preflight: { ok: false, owner: "card", reason: "no card in the reader", mend: "insert it" },
        }),
    },
    "no card in the reader",
  ],
] as const)("where %s nothing is run, and the run can still go on", async (_, change, why) => {
  const dir = temporaryDirectory();
  const controller = new AbortController();
  const stopping = sampleCase("PAY-X-3", {
    run: async ({ expect }) => {
      controller.abort();
      expect.equal("one", 1, 1);
    },
  });
  const cases = [stopping, passing];
  const golden = undefined;
  await conduct(dir, { cases, golden, station: withCard("01"), signal: controller.signal });
  const refused = await goOn(dir, { cases, golden, ...change });
  expect(refused.outcome.stopped).toBe(why);
  expect(exitCodeOf(refused)).toBe(2);
  expect((await deriveResults(dir)).run).toMatchObject({ complete: true, interrupted: why, resumed: 1 });
  const resumed = await goOn(dir, { cases, golden, station: withCard("01") });
  expect(exitCodeOf(resumed)).toBe(0);
  await closeRunDirectory(dir);
  expect((await verifyRun(dir)).ok).toBe(true);
});

test("two processes do not go on with one run", async () => {
  const dir = brokenOff(Buffer.from(""), 0);
  const outcomes = await Promise.allSettled([goOn(dir), goOn(dir)]);
  const refused = outcomes.filter((each) => each.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({ message: expect.stringContaining("is being written by") });
});
