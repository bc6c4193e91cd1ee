import { unreachable } from "../core/errors.ts";

/** Verdicts of ISO/IEC 9646 as TTCN-3 orders them; the later, the worse. */
export const VERDICTS = ["none", "pass", "inconc", "fail", "error"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What became of a selected case. The last two are no verdicts and take no part in the algebra. */
export type Outcome = Exclude<Verdict, "none"> | "notApplicable" | "notRun";

/** The worst of `verdicts`; `none` of nothing. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let rank = 0;
  for (const verdict of verdicts) rank = Math.max(rank, VERDICTS.indexOf(verdict));
  return VERDICTS[rank] ?? "none";
}

export function isVerdict(outcome: Outcome): outcome is Exclude<Verdict, "none"> {
  return outcome !== "notApplicable" && outcome !== "notRun";
}

export type Summary = Readonly<Record<Outcome, number>>;

export function summarise(outcomes: Iterable<Outcome>): Summary {
  const summary: Record<Outcome, number> = { pass: 0, fail: 0, inconc: 0, error: 0, notApplicable: 0, notRun: 0 };
  for (const outcome of outcomes) summary[outcome]++;
  return summary;
}

/** The words for people. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome) {
    case "pass":
    case "fail":
    case "error":
      return outcome;
    case "inconc":
      return "inconclusive";
    case "notApplicable":
      return "not applicable";
    case "notRun":
      return "not run";
    default:
      return unreachable(outcome);
  }
}
