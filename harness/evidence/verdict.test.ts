import fc from "fast-check";
import { expect, test } from "vitest";
import { summarise, VERDICTS, worst } from "./verdict.ts";

test("the worst verdict wins, in the order of TTCN-3", () => {
  expect(worst([])).toBe("none");
  expect(worst(["pass", "inconc", "pass"])).toBe("inconc");
  expect(worst(["fail", "inconc"])).toBe("fail");
  expect(worst(["error", "fail"])).toBe("error");
});

test("the order of verdicts does not matter and more cases never make it better", () => {
  const verdict = fc.constantFrom(...VERDICTS);
  fc.assert(
    fc.property(fc.array(verdict), verdict, (some, another) => {
      expect(worst([...some, another])).toBe(worst([another, ...some]));
      expect(VERDICTS.indexOf(worst([...some, another]))).toBeGreaterThanOrEqual(VERDICTS.indexOf(worst(some)));
    }),
  );
});

test("a summary counts every outcome", () => {
  expect(summarise(["pass", "notRun", "pass"])).toEqual({
    pass: 2,
    fail: 0,
    inconc: 0,
    error: 0,
    notApplicable: 0,
    notRun: 1,
  });
});
