/** A case that was run more than once has one verdict. */
import type { Outcome } from "./verdict.ts";

/**
 * Which of the attempts, in their order, gives the case its verdict; -1 of none. A fail decides, whatever came after it: nobody
 * gets a pass by trying again. What says nothing about the device (inconc, error) makes room for a pass, otherwise the worst
 * of it decides, the last one among equals. Where there is no verdict at all (not run, not applicable) the last word counts.
 */
export function decidingAttempt(outcomes: readonly Outcome[]): number {
  const failed = outcomes.indexOf("fail");
  if (failed >= 0) return failed;
  const passed = outcomes.lastIndexOf("pass");
  if (passed >= 0) return passed;
  const error = outcomes.lastIndexOf("error");
  if (error >= 0) return error;
  const inconc = outcomes.lastIndexOf("inconc");
  return inconc >= 0 ? inconc : outcomes.length - 1;
}

/** Whether a case with these attempts is run once more where `retry` further ones are asked for; what broke off is not counted. */
export function isTriedAgain(outcomes: readonly Outcome[], retry: number): boolean {
  const ended = outcomes.filter((each) => each !== "notRun");
  const last = ended.at(-1);
  if (last === undefined || last === "pass" || last === "notApplicable") return false;
  return ended.length <= retry;
}
