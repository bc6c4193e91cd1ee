import type { Conducted } from "../../suites/define/conduct.ts";
import { type Outcome, outcomeText } from "../evidence/verdict.ts";

const ORDER: readonly Outcome[] = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"];

/** The last lines of a run: verdict, counts, what stood in the way, where the evidence is. */
export function summaryText({ outcome, results, storage }: Conducted, dir: string, reports: readonly string[]): string {
  const counts = ORDER.filter((each) => outcome.summary[each] > 0)
    .map((each) => `${outcome.summary[each]} ${outcomeText(each)}`)
    .join(", ");
  const lines = [``, `Verdict: ${verdictText(outcome.verdict, outcome.interrupted)} (${counts || "no cases"})`];
  for (const mend of mends(outcome.cases)) lines.push(`To mend: ${mend}`);
  const trouble = storage ?? outcome.storage;
  if (trouble)
    lines.push(`Evidence is incomplete: ${trouble.message}`, ...(trouble.mend ? [`To mend: ${trouble.mend}`] : []));
  lines.push(`Evidence: ${dir}`);
  for (const report of reports) lines.push(`Report:   ${report}`);
  if (results) lines.push(`Check it: pursebench verify ${dir}`);
  return `${lines.join("\n")}\n`;
}

function verdictText(verdict: Conducted["outcome"]["verdict"], interrupted: boolean): string {
  const text = verdict === "inconc" ? "inconclusive" : verdict;
  return interrupted ? `${text}, interrupted` : text;
}

function mends(cases: Conducted["outcome"]["cases"]): Set<string> {
  return new Set(cases.flatMap(({ finished }) => (finished.mend === undefined ? [] : [finished.mend])));
}
