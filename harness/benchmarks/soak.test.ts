import { expect, test } from "vitest";
import type { Footprint } from "./footprint.ts";
import { allowedGrowth, growthFlaws } from "./growth.ts";
import { soak } from "./soak-run.ts";
import { soakText } from "./soak-text.ts";

test("forty purchases on the virtual lab: all pass, the totals agree, nothing is kept", {
  timeout: 120_000,
}, async () => {
  const progress: number[] = [];
  const report = await soak({
    purchases: 30,
    warmUp: 10,
    perSystem: 10,
    lab: `soak-${process.pid}`,
    isStopped: () => false,
    onProgress: ({ done }) => progress.push(done),
  });
  expect(report.flaws).toEqual([]);
  expect(report.isComplete).toBe(true);
  // each costs one cent
  expect(report.totals).toEqual({ card: 40, psam: 40, merchant: 40 });
  expect(progress).toEqual([10, 20, 30, 40]);
  expect(soakText(report)).toContain("40 purchases by one card");
});

test("whoever stops it gets a report of what was done, which is not complete", { timeout: 60_000 }, async () => {
  let isStopped = false;
  const report = await soak({
    purchases: 1000,
    warmUp: 2,
    perSystem: 2,
    lab: `soak-${process.pid}`,
    isStopped: () => isStopped,
    onProgress: () => {
      isStopped = true;
    },
  });
  expect(report).toMatchObject({
    purchases: 2,
    isComplete: false,
    flaws: [],
    totals: { card: 2, psam: 2, merchant: 2 },
  });
});

const USED: Footprint = {
  files: 20,
  resources: 4,
  heapBytes: 30e6,
  residentBytes: 150e6,
  labFiles: 30,
  labResidentBytes: 70e6,
};

test.each(["files", "resources", "heapBytes", "residentBytes", "labFiles", "labResidentBytes"] as const)(
  "growth of %s beyond what is allowed is a flaw, up to there it is none",
  (kind) => {
    const allowed = allowedGrowth(1000);
    expect(growthFlaws(USED, { ...USED, [kind]: USED[kind] + allowed[kind] }, allowed)).toEqual([]);
    const [flaw, ...more] = growthFlaws(USED, { ...USED, [kind]: USED[kind] + allowed[kind] + 1 }, allowed);
    expect(flaw).toContain(kind);
    expect(more).toEqual([]);
  },
);
