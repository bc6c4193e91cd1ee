/** How a recorded verdict ends the vitest test that stands for its case. */
import { unreachable } from "../../harness/core/errors.ts";
import type { CaseRecord } from "../record/run-record.ts";
import { visible } from "../text/clean.ts";

/** Allure calls a test failed for an `AssertionError` and broken for any other error. */
export class RecordedFailure extends Error {
  override readonly name = "AssertionError";
}

/** An inconclusive or erroneous case: broken, since nothing is said about the item. */
export class RecordedTrouble extends Error {
  override readonly name = "Inconclusive or error";
}

/** What to do at the end of the test. */
export type Ending =
  | { readonly kind: "pass" }
  | { readonly kind: "throw"; readonly error: Error }
  | { readonly kind: "skip"; readonly reason: string };

export function endingOf(one: CaseRecord): Ending {
  const reason = visible(one.reason);
  switch (one.verdict) {
    case "pass":
      return { kind: "pass" };
    case "fail":
      return { kind: "throw", error: withoutStack(new RecordedFailure(reason)) };
    case "inconc":
      return { kind: "throw", error: withoutStack(new RecordedTrouble(`inconclusive: ${reason}`)) };
    case "error":
      return { kind: "throw", error: withoutStack(new RecordedTrouble(`error: ${reason}`)) };
    case "notApplicable":
      return { kind: "skip", reason: `not applicable: ${reason}` };
    case "notRun":
      return { kind: "skip", reason: `not run: ${reason}` };
    default:
      return unreachable(one.verdict);
  }
}

/** A stack of the report generator would only mislead. */
function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
