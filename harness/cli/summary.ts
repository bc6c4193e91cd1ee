import { matricesOf } from "../../reports/record/matrix.ts";
import type { Conducted } from "../../suites/define/conduct.ts";
import { type Outcome, outcomeText } from "../evidence/verdict.ts";
import { matrixLines } from "./matrix-text.ts";

const ORDER: readonly Outcome[] = ["pass", "fail", "inconc", "error", "notApplicable", "notRun"];

/** The last lines of a run: matrices, verdict, counts, what stood in the way, where the evidence is. */
export function summaryText({ outcome, results, storage }: Conducted, dir: string, reports: readonly string[]): string {
  const counts = ORDER.filter((each) => outcome.summary[each] > 0)
    .map((each) => `${outcome.summary[each]} ${outcomeText(each)}`)
    .join(", ");
  const placed = outcome.cases.map(({ definition: { id, cell }, finished }) => ({
    id,
    cell,
    verdict: finished.outcome,
  }));
  const lines = [
    ...matricesOf(placed).flatMap(matrixLines),
    ``,
    `Verdict: ${verdictText(outcome.verdict, outcome.interrupted)} (${counts || "no cases"})`,
  ];
  lines.push(...golden(outcome.golden), ...waived(outcome.cases));
  lines.push(...owners(outcome.cases), ...obstacles(outcome.cases), ...notRun(outcome.cases));
  const trouble = storage ?? outcome.storage;
  if (trouble)
    lines.push(`Evidence is incomplete: ${trouble.message}`, ...(trouble.mend ? [`To mend: ${trouble.mend}`] : []));
  lines.push(`Evidence: ${dir}`);
  for (const report of reports) lines.push(`Report:   ${report}`);
  if (results) lines.push(`Check it: pursebench verify ${dir}`);
  if (outcome.stopped !== undefined) lines.push(`It could not go on: ${outcome.stopped}`);
  if (outcome.stopped !== undefined || outcome.interrupted) lines.push(`Go on:    pursebench certify --resume ${dir}`);
  return `${lines.join("\n")}\n`;
}

function verdictText(verdict: Conducted["outcome"]["verdict"], interrupted: boolean): string {
  const text = verdict === "inconc" ? "inconclusive" : verdict;
  return interrupted ? `${text}, interrupted` : text;
}

/** Golden devices that did not pass. */
function golden(tried: Conducted["outcome"]["golden"]): string[] {
  return tried
    .filter(({ outcome }) => outcome !== "pass")
    .map(({ when, device, spec, reason }) => `Golden ${device} (${spec}), ${when} the cases, did not pass: ${reason}`);
}

function waived(cases: Conducted["outcome"]["cases"]): string[] {
  const failures = cases.filter(({ finished }) => finished.outcome === "fail").length;
  const accepted = cases.filter(({ waiver }) => waiver !== undefined);
  if (accepted.length === 0) return [];
  return [
    `${failures} ${failures === 1 ? "failure" : "failures"}, ${accepted.length} of them accepted:`,
    ...accepted.map(({ definition: { id }, waiver }) => `  ${id} by ${waiver?.approver}, until ${waiver?.expires}`),
  ];
}

/** Whose the failures are that were looked into. */
function owners(cases: Conducted["outcome"]["cases"]): string[] {
  return cases.flatMap(({ definition, finished, ownerBecause }) =>
    ownerBecause === undefined ? [] : [`Failure of ${definition.id}: ${finished.owner}: ${ownerBecause}`],
  );
}

/** Why cases were not run, and how many for each reason. */
function notRun(cases: Conducted["outcome"]["cases"]): string[] {
  const counts = new Map<string, number>();
  for (const { finished } of cases) {
    if (finished.outcome !== "notRun" || finished.reason === "interrupted") continue;
    counts.set(finished.reason, (counts.get(finished.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `Not run: ${count} ${count === 1 ? "case" : "cases"}: ${reason}`);
}

/** So many different ones are told; the report has all. */
const MOST_OBSTACLES = 8;

/** What kept cases from a verdict of pass or fail: whose it is, and how to mend it. Each is told once. */
function obstacles(cases: Conducted["outcome"]["cases"]): string[] {
  const found = new Map<string, { readonly mend: string | undefined; count: number }>();
  for (const { finished } of cases) {
    if (finished.outcome !== "inconc" && finished.outcome !== "error") continue;
    const what = `${finished.owner}: ${finished.reason}`;
    const before = found.get(what);
    if (before) before.count++;
    else found.set(what, { mend: finished.mend, count: 1 });
  }
  const told = [...found]
    .slice(0, MOST_OBSTACLES)
    .flatMap(([what, { mend, count }]) => [
      `In the way: ${what}${count > 1 ? ` (${count} cases)` : ""}`,
      ...(mend === undefined ? [] : [`To mend: ${mend}`]),
    ]);
  return found.size > MOST_OBSTACLES ? [...told, `… and ${found.size - MOST_OBSTACLES} more: see the report`] : told;
}
