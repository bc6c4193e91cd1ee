/** Puts recorded times and reasons into Allure results, which would otherwise tell of the rendering. */
import type { LifecycleListener } from "allure-js-commons/sdk/reporter";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { endingOf } from "./outcome.ts";

type TestResult = Parameters<NonNullable<LifecycleListener["beforeTestResultWrite"]>>[0];

export function evidenceListener(run: RunRecord): LifecycleListener {
  const cases = new Map(run.cases.map((one) => [one.id, one]));
  return {
    beforeTestResultWrite(result) {
      const id = result.labels.find(({ name }) => name === "pursebench-case")?.value;
      const one = id === undefined ? undefined : cases.get(id);
      if (one) restate(result, one, run);
    },
  };
}

function restate(result: TestResult, one: CaseRecord, run: RunRecord): void {
  const start = Date.parse(one.started === "" ? run.started : one.started);
  result.start = start;
  result.stop = start + Math.round(one.durationMs);
  restateSteps(result, start);
  const ending = endingOf(one);
  if (ending.kind === "skip") result.statusDetails = { ...result.statusDetails, message: ending.reason };
}

/** Steps took place in the recorded run; when exactly is in their transcript. */
function restateSteps(result: Pick<TestResult, "steps">, start: number): void {
  for (const step of result.steps) {
    step.start = start;
    step.stop = start;
    restateSteps(step, start);
  }
}
