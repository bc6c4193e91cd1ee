import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../harness/bench/package-root.ts";
import { loadPics } from "../../harness/bench/pics.ts";
import { systemClock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import { Evidence } from "../../harness/evidence/evidence.ts";
import type { LineFile } from "../../harness/evidence/line-file.ts";
import { discardEvents } from "../../harness/evidence/recorder.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import { type CampaignOptions, runCampaign } from "./campaign.ts";
import type { Case } from "./case.ts";
import { conductRun, exitCodeOf } from "./conduct.ts";
import { inconclusive } from "./failures.ts";
import { type FakeOptions, FakeStation } from "./testing/fake-station.ts";
import { failing, passing, sampleCase } from "./testing/sample-cases.ts";

const never = (): Promise<never> => new Promise(() => undefined);

async function run(cases: readonly Case[], fake: FakeOptions = {}, more: Partial<CampaignOptions> = {}) {
  const evidence = discardEvents();
  const station = new FakeStation(evidence.record, fake);
  const options = { cases, station: async () => station, evidence, clock: systemClock, ...more };
  const outcome = await runCampaign(options);
  return { outcome, station, ends: outcome.cases.map(({ finished }) => finished) };
}

async function endOfOne(definition: Case, fake: FakeOptions = {}) {
  const { ends } = await run([definition], fake);
  return ends[0];
}

test("a case whose expectations hold passes", async () => {
  expect(await endOfOne(passing)).toMatchObject({ outcome: "pass", reason: "", owner: "card" });
});

test("an expectation that does not hold is a fail with requirement, expected, actual and place", async () => {
  expect(await endOfOne(failing)).toMatchObject({
    outcome: "fail",
    owner: "card",
    requirement: "PAY-BASE-620",
    expected: ["7"],
    actual: "5",
    at: 3,
    reason: "BALIEP: expected 7, found 5",
  });
});

const thrower = (thrown: unknown) =>
  sampleCase("PAY-X-1", {
    run: async () => {
      throw thrown;
    },
  });

test.each([
  "DEVICE_ABSENT",
  "DEVICE_LOST",
  "DEVICE_SILENT",
  "DEVICE_GARBLED",
  "DEVICE_BUSY",
  "SERVICE_ABSENT",
] as const)("%s is inconclusive and says who mends what", async (code) => {
  const thrown = new PursebenchError(code, "the reader is gone", { owner: "reader", mend: "plug it in" });
  expect(await endOfOne(thrower(thrown))).toMatchObject({
    outcome: "inconc",
    owner: "reader",
    reason: "the reader is gone",
    mend: "plug it in",
  });
});

test("a case that checks nothing is an error, not a pass", async () => {
  const idle = sampleCase("PAY-X-1", { run: async ({ system }) => void (await system.resetCard("cold")) });
  expect(await endOfOne(idle)).toMatchObject({
    outcome: "error",
    owner: "bench",
    reason: "PAY-X-1 ended without a single check",
  });
});

test("trouble that names no mend gets that of its owner", async () => {
  const silent = new PursebenchError("DEVICE_SILENT", "no answer", { owner: "terminal" });
  expect((await endOfOne(thrower(silent)))?.mend).toContain("line settings");
  expect((await endOfOne(thrower(new TypeError("x"))))?.mend).toContain("pursebench doctor");
});

test("a case may say itself that nothing can be said", async () => {
  const definition = sampleCase("PAY-X-1", { run: async () => inconclusive("no second card", "bench") });
  expect(await endOfOne(definition)).toMatchObject({ outcome: "inconc", owner: "bench", reason: "no second card" });
});

test("anything else that is thrown is an error of the bench", async () => {
  expect(await endOfOne(thrower(new TypeError("x is undefined")))).toMatchObject({
    outcome: "error",
    owner: "bench",
    reason: "TypeError: x is undefined",
  });
  expect(await endOfOne(thrower("text"))).toMatchObject({ outcome: "error", reason: "text was thrown" });
  expect(await endOfOne(thrower(new PursebenchError("INTERNAL", "ours")))).toMatchObject({ outcome: "error" });
});

test("a case that does not end is an error, its system is taken down and the next case runs", async () => {
  const stuck = sampleCase("PAY-X-1", { timeoutMs: 20, run: never });
  const { ends, station } = await run([stuck, passing]);
  expect(ends.map((end) => end.outcome)).toEqual(["error", "pass"]);
  expect(ends[0]?.reason).toContain("did not end within 0.02 s");
  expect(station.released).toHaveLength(2);
});

test("a system that cannot be set up is judged like any other trouble", async () => {
  const systemFor = () => Promise.reject(new PursebenchError("DEVICE_ABSENT", "no card", { owner: "card" }));
  const { ends, station } = await run([passing], { systemFor });
  expect(ends[0]).toMatchObject({ outcome: "inconc", owner: "card" });
  expect(station.released).toHaveLength(0);
});

test("the worse of case and taking down wins", async () => {
  const release = () => Promise.reject(new PursebenchError("DEVICE_LOST", "the reader went away", { owner: "reader" }));
  expect(await endOfOne(passing, { release })).toMatchObject({ outcome: "inconc", owner: "reader" });
  expect(await endOfOne(failing, { release })).toMatchObject({ outcome: "fail", owner: "card" });
});

test("a bench that is not ready makes every case inconclusive, with who and how", async () => {
  const preflight = { ok: false, owner: "card", reason: "no card in the reader", mend: "insert it" } as const;
  const { ends } = await run([passing, failing], { preflight });
  expect(ends).toMatchObject([preflightEnd, preflightEnd]);
});
const preflightEnd = { outcome: "inconc", owner: "card", reason: "no card in the reader", mend: "insert it" };

test("a bench that cannot be opened makes every case inconclusive; a defect of ours makes it an error", async () => {
  const absent = new PursebenchError("SERVICE_ABSENT", "pcscd is not running", { mend: "start it" });
  const { ends } = await run([passing, failing], {}, { station: () => Promise.reject(absent) });
  expect(ends.map((end) => end.outcome)).toEqual(["inconc", "inconc"]);
  expect(ends[0]?.mend).toBe("start it");
  const broken = await run([passing], {}, { station: () => Promise.reject(new TypeError("x")) });
  expect(broken.ends[0]?.outcome).toBe("error");
});

test("a case that needs more than the bench offers is not applicable, with the reason", async () => {
  const needy = sampleCase("PAY-X-1", { needs: { cards: ["expired"] } });
  const claimed = sampleCase("PAY-X-2", { applies: () => "the card does not claim AES" });
  const { ends, outcome } = await run([needy, claimed, passing]);
  expect(ends.map((end) => end.reason)).toEqual([
    "the bench fake has no card of the kind expired",
    "the card does not claim AES",
    "",
  ]);
  expect(outcome).toMatchObject({ verdict: "pass", summary: { notApplicable: 2, pass: 1 } });
});

test("keys are only for cases that say so", async () => {
  const sneaky = sampleCase("PAY-X-1", { run: async (t) => void t.keys });
  expect(await endOfOne(sneaky)).toMatchObject({ outcome: "error" });
});

test("an interrupted run ends at once and lists what was not run", async () => {
  const controller = new AbortController();
  const stuck = sampleCase("PAY-X-1", {
    run: () => {
      controller.abort();
      return never();
    },
  });
  const begun = performance.now();
  const { ends, outcome, station } = await run([passing, stuck, failing], {}, { signal: controller.signal });
  expect(ends.map((end) => end.outcome)).toEqual(["pass", "notRun", "notRun"]);
  expect(outcome.interrupted).toBe(true);
  expect(station).toMatchObject({ disposed: 1 });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test("a system that does not let go after an interruption holds nobody up", async () => {
  const controller = new AbortController();
  const stuck = sampleCase("PAY-X-1", {
    run: () => {
      controller.abort();
      return never();
    },
  });
  const begun = performance.now();
  await run([stuck], { release: never }, { signal: controller.signal });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test("progress tells of every case when it begins and when its verdict stands", async () => {
  const told: string[] = [];
  await run(
    [passing, failing],
    {},
    {
      onProgress: ({ index, total, finished }) => told.push(`${index}/${total} ${finished?.outcome ?? "begins"}`),
    },
  );
  expect(told).toEqual(["0/2 begins", "0/2 pass", "1/2 begins", "1/2 fail"]);
});

/** Room for so many characters. */
function smallDisk(room: number): (path: string) => LineFile {
  let left = room;
  return () => ({
    append(text) {
      left -= text.length;
      if (left < 0) throw new Error("ENOSPC: no space left on device, write");
    },
    sync: async () => undefined,
    close: () => undefined,
  });
}

test("a full disk is an error and never a fail: exit code 2", async () => {
  const conducted = await conductRun({
    dir: temporaryDirectory(),
    run: SAMPLE_RUN,
    cases: [passing, failing, failing],
    station: async (record) => new FakeStation(record),
    describe: () => ({}),
    clock: systemClock,
    open: smallDisk(900),
  });
  expect(conducted.outcome.cases.map(({ finished }) => finished.outcome)).toEqual(["error", "notRun", "notRun"]);
  expect(conducted.storage?.code).toBe("STORAGE");
  expect(exitCodeOf(conducted)).toBe(2);
});

test("a case stops when evidence can no longer be kept", async () => {
  const dir = temporaryDirectory();
  const open = smallDisk(1_200);
  await using evidence = new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe: () => ({}), open });
  const chatty = sampleCase("PAY-X-1", {
    run: async ({ system }) => {
      for (;;) {
        await system.resetCard("cold");
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  const station = async () => new FakeStation(evidence.record);
  const outcome = await runCampaign({ cases: [chatty], station, evidence, clock: systemClock });
  expect(outcome.cases[0]?.finished).toMatchObject({ outcome: "error", owner: "bench" });
  expect(outcome.storage?.code).toBe("STORAGE");
});

test("results on disk say what the campaign said", async () => {
  const dir = temporaryDirectory();
  const conducted = await conductRun({
    dir,
    run: SAMPLE_RUN,
    cases: [passing, failing],
    station: async (record) => new FakeStation(record),
    describe: () => ({}),
    clock: systemClock,
  });
  expect(conducted.results).toMatchObject({
    verdict: "fail",
    iut: { description: "fake card", specimen: { IDIEP: "0000000001" } },
    cases: [
      { id: "PAY-CARD-001", verdict: "pass", steps: [{ step: "608", link: "235" }] },
      { id: "PAY-CARD-002", verdict: "fail", reason: "BALIEP: expected 7, found 5", at: 3 },
    ],
  });
  expect(exitCodeOf(conducted)).toBe(1);
});

test("a device that contradicts its PICS has no verdict, and no case is begun", async () => {
  const pics = loadPics(join(packageRoot(), "fixtures", "pics", "reference-card.yaml"));
  const preflight = { ok: true, specimen: { ALGIEP: "16" } } as const;
  const { ends, station } = await run([passing, failing], { preflight }, { pics });
  const reason = "the device contradicts its PICS: ALGIEP is 10, and C.1 claims 04, 05";
  expect(ends).toMatchObject([1, 2].map(() => ({ outcome: "inconc", owner: "card", reason })));
  expect(station.released).toEqual([]);
});
