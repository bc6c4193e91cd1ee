import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/core/random.ts";
import { compareTimes, tailOf } from "./statistics.ts";

test.each([
  [0, 1],
  [1, 0.317310507863],
  [1.95996398454, 0.05],
  [3, 0.002699796063],
  [4.891638475699, 1e-6],
])("the two-sided tail of the normal distribution at %d is %d", (z, chance) => {
  expect(tailOf(z) / chance).toBeCloseTo(1, 6);
});

/** 150 times around 5 ms with a noise of up to 1 ms. */
function series(seed: string, shiftMs = 0): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 150 }, () => 5 + shiftMs + ((random(1)[0] ?? 0) + (random(1)[0] ?? 0)) / 510);
}

test("times of one kind are not told apart, and what is not known is said", () => {
  const { differenceMs, uncertaintyMs, chance, isStill } = compareTimes(series("a"), series("b"));
  expect(Math.abs(differenceMs)).toBeLessThan(uncertaintyMs);
  expect(chance).toBeGreaterThan(1e-3);
  expect(isStill).toBe(false);
});

test("a difference of half the noise is found, with its size", () => {
  const { differenceMs, chance } = compareTimes(series("a"), series("b", 0.5));
  expect(differenceMs).toBeGreaterThan(0.4);
  expect(differenceMs).toBeLessThan(0.6);
  expect(chance).toBeLessThan(1e-6);
});

test("time that stands still tells nothing and alarms nobody", () => {
  const still = new Array<number>(150).fill(0);
  expect(compareTimes(still, still)).toEqual({
    pairs: 150,
    differenceMs: 0,
    uncertaintyMs: 0,
    chance: 1,
    isStill: true,
  });
});

test("a difference that is the same each time is certain", () => {
  const [first, second] = [new Array<number>(150).fill(1), new Array<number>(150).fill(8)];
  const { differenceMs, uncertaintyMs, chance } = compareTimes(first, second);
  expect([differenceMs, uncertaintyMs]).toEqual([7, 0]);
  expect(chance).toBeLessThan(1e-20);
});
