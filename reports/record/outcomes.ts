/** Mark and meaning of outcomes. A mark differs in shape as well, so that no status rests on colour alone. */
import { unreachable } from "../../harness/core/errors.ts";
import type { Outcome, Verdict } from "../../harness/evidence/verdict.ts";

/** In the order in which a reader wants to see them. */
export const OUTCOMES: readonly Outcome[] = ["fail", "error", "inconc", "pass", "notApplicable", "notRun"];

export interface OutcomeWords {
  readonly word: string;
  /** A character whose shape is its own. */
  readonly mark: string;
  /** What it means, for the legend. */
  readonly meaning: string;
}

export function outcomeWords(outcome: Outcome | Verdict): OutcomeWords {
  switch (outcome) {
    case "pass":
      return { word: "pass", mark: "✓", meaning: "the item behaved as required" };
    case "fail":
      return { word: "fail", mark: "✗", meaning: "the item broke a requirement" };
    case "inconc":
      return { word: "inconclusive", mark: "?", meaning: "neither pass nor fail can be said, for the reason given" };
    case "error":
      return {
        word: "error",
        mark: "!",
        meaning: "the bench or the test software failed; nothing is said about the item",
      };
    case "notApplicable":
      return {
        word: "not applicable",
        mark: "–",
        meaning: "left out because of the PICS or the bench, with the reason",
      };
    case "notRun":
      return { word: "not run", mark: "○", meaning: "not executed, with the reason" };
    case "none":
      return { word: "no verdict", mark: "○", meaning: "no case was executed" };
    default:
      return unreachable(outcome);
  }
}
