import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { variationOf } from "../../defects/index.ts";
import { REFERENCE } from "../../defects/variation.ts";
import { seededDefects } from "../../station/fixtures.ts";
import { heapFlaws, type WalkOptions, walk } from "./walk.ts";
import { walkCommand } from "./walk-command.ts";
import { walkText } from "./walk-text.ts";

const SHORT: Omit<WalkOptions, "seed"> = {
  operations: 150,
  longest: 60,
  variation: REFERENCE,
  collect: () => undefined,
  isStopped: () => false,
  onProgress: () => undefined,
};

describe("a random walk", () => {
  test.each([20261123, randomInt(2 ** 31)])(
    "from seed %i: money is where it must be after every operation",
    async (seed) => {
      const report = await walk({ ...SHORT, seed });
      expect(report.flaws, walkText(report)).toEqual([]);
      expect(report.isComplete).toBe(true);
      expect(report.operations).toBe(SHORT.operations);
      expect(report.tally.get("purchases")).toBeGreaterThan(0);
      expect(walkText(report)).toContain("money was where it must be, to the last minor unit");
    },
  );

  test("ends with its operation when it is stopped, and says that it is not complete", async () => {
    let asked = 0;
    const report = await walk({ ...SHORT, seed: 1, isStopped: () => ++asked > 6 });
    expect(report.isComplete).toBe(false);
    expect(report.failed).toBeUndefined();
    expect(report.operations).toBeLessThan(SHORT.operations);
  });
});

describe("the words of a walk", () => {
  const draw = () => 4711;

  test("may be left out", () => {
    expect(walkCommand([], draw)).toEqual({ operations: 100_000, seed: 4711, path: undefined });
    expect(walkCommand(["--seed", "8", "--path", "3:0@AB:C", "--operations", "20"], draw)).toEqual({
      operations: 20,
      seed: 8,
      path: "3:0@AB:C",
    });
  });

  test.each([
    [["--operations", "many"], "no number of operations"],
    [["--seed", "x"], "no seed"],
    [["--path", "3:0@AB:C"], "needs the seed"],
    [["--sed", "1"], "sed"],
  ])("%j is refused", (words, why) => {
    expect(walkCommand(words, draw)).toContain(why);
  });
});

test("a heap that is larger at the end than after the second round is a flaw", () => {
  expect(heapFlaws([5, 9, 9 + 24 * 1_048_576])).toEqual([]);
  expect(heapFlaws([5, 9, 10 + 24 * 1_048_576])).toHaveLength(1);
  expect(heapFlaws([5])).toEqual([]);
});

test("value that an account holder gives back though it was loaded is found by a walk, which is made short and can be gone again", {
  timeout: 120_000,
}, async () => {
  const generous = { ...SHORT, longest: 10, variation: variationNamed("MUT-MONEY-HOLDER-GIVES-BACK") };
  const { failed, flaws } = await walk({ ...generous, seed: 4 });
  expect(failed?.reason).toContain("came from nowhere");
  expect(flaws).toEqual([failed?.reason]);
  expect(failed?.operations.length).toBeLessThanOrEqual(5);
  expect(failed?.operations.at(-1)).toContain("load");
  if (!failed) return;
  const again = await walk({ ...generous, seed: failed.seed, path: failed.path });
  expect(again.failed).toMatchObject({ operations: failed.operations, reason: failed.reason });
  expect(again.walks).toBe(1);
});

function variationNamed(id: string) {
  const defect = seededDefects().find((each) => each.id === id);
  if (!defect) throw new Error(`there is no defect ${id}`);
  return variationOf(defect);
}
