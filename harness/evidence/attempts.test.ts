import { expect, test } from "vitest";
import { decidingAttempt, isTriedAgain } from "./attempts.ts";
import type { Outcome } from "./verdict.ts";

const OUTCOMES: readonly Outcome[] = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"];

/** All sequences of at most three outcomes. */
function sequences(): (readonly Outcome[])[] {
  const one = OUTCOMES.map((each) => [each]);
  const two = one.flatMap((before) => OUTCOMES.map((each) => [...before, each]));
  const three = two.flatMap((before) => OUTCOMES.map((each) => [...before, each]));
  return [...one, ...two, ...three];
}

test.each([
  [["fail", "pass"], 0],
  [["fail", "fail"], 0],
  [["inconc", "fail", "pass"], 1],
  [["inconc", "pass"], 1],
  [["error", "pass"], 1],
  [["error", "inconc"], 0],
  [["inconc", "error"], 1],
  [["inconc", "inconc"], 1],
  [["inconc", "notRun"], 0],
  [["notRun", "pass"], 1],
  [["notRun", "notApplicable"], 1],
  [["notRun", "notRun"], 1],
  [[], -1],
] as const)("of %j number %d decides", (outcomes, index) => {
  expect(decidingAttempt(outcomes)).toBe(index);
});

test("a fail stays one, and a pass needs that nothing failed, whatever the order", () => {
  for (const outcomes of sequences()) {
    const verdict = outcomes[decidingAttempt(outcomes)];
    expect(verdict === "fail", outcomes.join()).toBe(outcomes.includes("fail"));
    if (verdict === "pass") expect(outcomes).not.toContain("fail");
    if (outcomes.some((each) => each === "inconc" || each === "error")) {
      expect(verdict, outcomes.join()).not.toMatch(/^not/); // what was found is not forgotten
    }
  }
});

test.each([
  [["fail"], 0, false],
  [["fail"], 1, true],
  [["inconc", "error"], 1, false],
  [["inconc", "error"], 2, true],
  [["fail", "pass"], 5, false],
  [["notApplicable"], 5, false],
  [["notRun"], 5, false],
  [["fail", "notRun"], 1, true],
] as const)("after %j with %d more allowed: %s", (outcomes, retry, again) => {
  expect(isTriedAgain(outcomes, retry)).toBe(again);
});
