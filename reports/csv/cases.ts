/** `cases.csv`: a line for each case of a run, in the order of the run. */
import type { CaseResult, Results } from "../../harness/evidence/results.ts";
import { csvText } from "./csv.ts";

const HEADER = [
  "run",
  "case",
  "suite",
  "purpose",
  "requirements",
  "verdict",
  "reason",
  "owner",
  "owner because",
  "mend",
  "failed requirement",
  "expected",
  "observed",
  "evidence line",
  "duration ms",
  "attempts",
  "waived by",
] as const;

export function casesCsv({ run, cases }: Results): string {
  return csvText(
    HEADER,
    cases.map((one) => rowOf(run.id, one)),
  );
}

function rowOf(run: string, one: CaseResult): readonly (string | number)[] {
  return [
    run,
    one.id,
    one.suite,
    one.purpose,
    one.requirements.join(" "),
    one.verdict,
    one.reason,
    one.owner,
    one.ownerBecause ?? "",
    one.mend ?? "",
    one.requirement ?? "",
    (one.expected ?? []).join(" or "),
    one.actual ?? "",
    one.at ?? "",
    one.durationMs,
    one.attempts?.length ?? 1,
    one.waiver?.approver ?? "",
  ];
}
