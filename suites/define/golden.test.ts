import { expect, test } from "vitest";
import { systemClock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import type { EvidenceEvent } from "../../harness/evidence/event.ts";
import { discardEvents, type Recorder } from "../../harness/evidence/recorder.ts";
import type { Golden } from "../../harness/evidence/results.ts";
import { cases as ALL } from "../index.ts";
import { type CampaignOptions, runCampaign } from "./campaign.ts";
import type { Case } from "./case.ts";
import { exitCodeOf } from "./conduct.ts";
import { type GoldenBench, goldenCases } from "./golden-devices.ts";
import { type FakeOptions, FakeStation } from "./testing/fake-station.ts";
import { failing, passing, sampleCase } from "./testing/sample-cases.ts";

interface Trial {
  readonly cases?: readonly Case[];
  /** What the golden card meets with. */
  readonly fake?: (when: Golden["when"]) => FakeOptions;
  readonly open?: GoldenBench["open"];
  readonly more?: Partial<CampaignOptions>;
}

async function run({ cases = [passing], fake = () => ({}), open, more = {} }: Trial) {
  const written: EvidenceEvent[] = [];
  const begun: (string | undefined)[] = [];
  const inner = discardEvents();
  let current: string | undefined;
  const evidence: Recorder = {
    ...inner,
    enter: (id) => {
      current = id;
    },
    write(event) {
      written.push(event);
      if (event.kind === "case-start") begun.push(current);
      return inner.write(event);
    },
  };
  const golden: GoldenBench = {
    devices: [{ device: "card", spec: "pcsc:Second", cases: [passing] }],
    open: open ?? (async (record, when) => new FakeStation(record, fake(when))),
  };
  const station = async () => new FakeStation(evidence.record);
  const outcome = await runCampaign({ cases, station, evidence, clock: systemClock, golden, ...more });
  const told = written.filter((event) => event.kind === "golden");
  return { outcome, told, begun, ends: outcome.cases.map(({ finished }) => finished) };
}

const mute = (): FakeOptions => ({
  systemFor: () => Promise.reject(new PursebenchError("DEVICE_SILENT", "the card is mute", { owner: "card" })),
});

test("a golden card is tried before the first case and after the last", async () => {
  const { outcome, told, begun } = await run({});
  expect(begun).toEqual(["PAY-CARD-001/golden-before", "PAY-CARD-001", "PAY-CARD-001/golden-after"]);
  const one = { device: "card", spec: "pcsc:Second", outcome: "pass", reason: "", cases: ["PAY-CARD-001"] };
  expect(told).toEqual([
    { kind: "golden", when: "before", ...one },
    { kind: "golden", when: "after", ...one },
  ]);
  expect(outcome).toMatchObject({ verdict: "pass", golden: [{ when: "before" }, { when: "after" }] });
});

test("where it does not pass before, no case is run, and that is the bench's", async () => {
  const { ends, begun, told, outcome } = await run({ cases: [passing, failing], fake: mute });
  expect(begun).toEqual(["PAY-CARD-001/golden-before"]);
  expect(told).toHaveLength(1);
  const reason = "the golden card (pcsc:Second) did not pass before the first case: PAY-CARD-001: the card is mute";
  expect(ends).toMatchObject([1, 2].map(() => ({ outcome: "inconc", owner: "bench", reason })));
  expect(exitCodeOf({ outcome })).toBe(2);
});

test.each([
  ["passed", [passing]],
  ["failed", [passing, failing]],
] as const)("where it does not pass after, cases that %s say nothing: inconclusive, exit code 2", async (_, cases) => {
  const { outcome } = await run({ cases, fake: (when) => (when === "after" ? mute() : {}) });
  expect(outcome.verdict).toBe("inconc");
  expect(outcome.summary.pass).toBe(1);
  expect(exitCodeOf({ outcome })).toBe(2);
});

test("a bench that cannot be opened with it, or is not ready, is not one that is good", async () => {
  const open = () => Promise.reject(new PursebenchError("DEVICE_ABSENT", "no second reader"));
  expect((await run({ open })).told).toMatchObject([
    { outcome: "inconc", reason: "PAY-CARD-001: the bench with golden devices could not be opened: no second reader" },
  ]);
  const preflight = { ok: false, owner: "card", reason: "no card in the reader", mend: "insert it" } as const;
  expect((await run({ fake: () => ({ preflight }) })).told).toMatchObject([
    { outcome: "inconc", reason: "PAY-CARD-001: no card in the reader" },
  ]);
});

test("cases that do not apply there show nothing", async () => {
  const needy = sampleCase("PAY-X-1", { needs: { cards: ["expired"] } });
  const devices = [{ device: "card", spec: "sim", cases: [needy] }] as const;
  const open: GoldenBench["open"] = async (record) => new FakeStation(record);
  const { told } = await run({ more: { golden: { devices, open } } });
  expect(told).toMatchObject([{ outcome: "inconc", reason: "no case could be run with it", cases: [] }]);
});

test("an interrupted run tries no golden card", async () => {
  const signal = AbortSignal.abort();
  const { told, outcome } = await run({ more: { signal } });
  expect(told).toEqual([]);
  expect(outcome).toMatchObject({ interrupted: true, summary: { notRun: 1 } });
});

test("what golden devices are put to exists, for both", () => {
  expect(goldenCases("card", ALL).map(({ id }) => id)).toEqual(["CARD-ATR-01", "CARD-SEL-01", "PAY-BASE-01"]);
  expect(goldenCases("psam", ALL).map(({ id }) => id)).toEqual(["PSAM-SEL-01", "PSAM-INI-01", "PAY-BASE-01"]);
});
