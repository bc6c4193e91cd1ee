/** Which cases a report has numbered observations on. */
import type { CaseRecord } from "../record/run-record.ts";

/** Number in the report, counted from 1, and whether its exchanges are shown. */
export interface Observed {
  readonly number: number;
  readonly one: CaseRecord;
}

/** Those that came to another verdict than pass, and those that did not at their first attempt; in the order of the run. */
export function observedCases(cases: readonly CaseRecord[]): readonly Observed[] {
  return cases.filter(isObserved).map((one, index) => ({ number: index + 1, one }));
}

function isObserved({ verdict, attempts }: CaseRecord): boolean {
  return verdict === "fail" || verdict === "error" || verdict === "inconc" || attempts.length > 1;
}

export function observationId(number: number): string {
  return `observation-${number}`;
}
