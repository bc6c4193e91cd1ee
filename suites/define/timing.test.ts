import { expect, test } from "vitest";
import { distributionOf } from "../../harness/station/latencies.ts";
import { createExpect } from "./expect.ts";
import { ExpectationFailed, Inconclusive } from "./failures.ts";
import { benchFacts, timing, uncertaintyMs } from "./timing.ts";

/** 1.0, 1.1 … 5.9 ms: fifty exchanges. */
const times = Array.from({ length: 50 }, (_, n) => 1 + n / 10).reverse();
const latency = { link: "235", what: "SELECT of the card", ...distributionOf(times), resolutionMs: 0.1 } as const;
const of = (latencies: readonly (typeof latency)[]) =>
  timing(
    createExpect(() => undefined),
    benchFacts(latencies),
  );

test("a distribution is told by its least, its middle, its tails and its most", () => {
  const { samples, minMs, medianMs, p95Ms, p99Ms, maxMs } = latency;
  expect([samples, minMs, medianMs, p95Ms, p99Ms, maxMs]).toEqual([50, 1, 3.4, 5.7, 5.9, 5.9]);
  expect(distributionOf([7])).toEqual({ samples: 1, minMs: 7, medianMs: 7, p95Ms: 7, p99Ms: 7, maxMs: 7 });
});

test("the uncertainty is the spread of the bench and one step of its clock", () => {
  expect(uncertaintyMs(latency)).toBeCloseTo(5.0, 9);
});

test("pass and fail are said outside of the uncertainty only", () => {
  const { judge } = of([latency]);
  expect(() => judge("the answer", 94.9, 100)).not.toThrow();
  for (const near of [95.1, 100, 104.9]) expect(() => judge("the answer", near, 100)).toThrow(Inconclusive);
  expect(() => judge("the answer", 105.1, 100)).toThrow(ExpectationFailed);
});

test("inside of it the figures are told", () => {
  const said =
    "the answer cannot be told from its limit: 101.000 ms, limit 100.000 ms, uncertainty of this bench ± 5.000 ms (SELECT of the card)";
  expect(() => of([latency]).judge("the answer", 101, 100)).toThrow(said);
});

test("where time is virtual there is no uncertainty", () => {
  expect(() => of([]).judge("the answer", 100, 100)).not.toThrow();
  expect(() => of([]).judge("the answer", 100.001, 100)).toThrow(ExpectationFailed);
});

test("of several lines the one that spreads most counts", () => {
  const quiet = { ...latency, what: "another", p99Ms: 1.2 };
  expect(benchFacts([quiet, latency, quiet]).latency("235")).toBe(latency);
  expect(benchFacts([latency]).latency("line")).toBeUndefined();
});
