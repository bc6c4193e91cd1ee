/**
 * JUnit XML as CI servers read it. A fail is a failure (about the item); inconclusive and error are errors (the
 * bench could not say); cases without a verdict are skipped, with the reason.
 */
import { unreachable } from "../../harness/core/errors.ts";
import { type Outcome, summarise } from "../../harness/evidence/verdict.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";

/** How JUnit sees one case. */
type Report =
  | { readonly kind: "passed" }
  | { readonly kind: "failure"; readonly message: string; readonly detail: string }
  | { readonly kind: "error"; readonly type: "inconc" | "error"; readonly message: string; readonly detail: string }
  | { readonly kind: "skipped"; readonly message: string };

/** The run as one document: a `testsuite` for each suite, in the order of the run. */
export function junitXml(run: RunRecord): string {
  const suites = new Set(run.cases.map(({ suite }) => suite));
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pursebench ${run.run}" ${totals(run.cases)}>
${[...suites].map((name) => suiteXml(name, run))}
</testsuites>
`.text;
}

/** Of the whole or of one suite; only a suite tells what was skipped (`fixtures/schemas/jenkins-junit.xsd`). */
function totals(cases: readonly CaseRecord[]): Markup {
  const summary = summarise(cases.map(({ verdict }) => verdict));
  const seconds = cases.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  return markup`tests="${cases.length}" failures="${summary.fail}" errors="${summary.inconc + summary.error}" time="${seconds.toFixed(3)}"`;
}

function skipped(cases: readonly CaseRecord[]): number {
  return cases.filter(({ verdict }) => verdict === "notApplicable" || verdict === "notRun").length;
}

function suiteXml(name: string, run: RunRecord): Markup {
  const cases = run.cases.filter(({ suite }) => suite === name);
  const timestamp = run.started.replace(/(\.\d+)?Z$/, "");
  return markup`<testsuite name="${name}" ${totals(cases)} skipped="${skipped(cases)}" timestamp="${timestamp}" hostname="${run.bench}">
${properties([["run", run.run], ["mode", run.mode], ["verdict", run.verdict], ...run.identification])}
${cases.map(caseXml)}
</testsuite>`;
}

function properties(pairs: readonly (readonly [string, string])[]): Markup {
  if (pairs.length === 0) return nothing;
  return markup`<properties>${pairs.map(([name, value]) => markup`<property name="${name}" value="${value}"/>`)}</properties>`;
}

function caseXml(one: CaseRecord): Markup {
  return markup`<testcase name="${one.id}: ${one.purpose}" classname="pursebench.${one.suite}" time="${(one.durationMs / 1000).toFixed(3)}">
${outcomeXml(reportOf(one))}
<system-out>${factsOf(one)}</system-out>
</testcase>`;
}

/** The schema has no properties of a case; a name and a value on a line each. */
function factsOf({ id, verdict, owner, requirements }: CaseRecord): string {
  return [
    `id: ${id}`,
    `verdict: ${verdict}`,
    `owner: ${owner}`,
    ...requirements.map((each) => `requirement: ${each}`),
  ].join("\n");
}

function reportOf(one: CaseRecord): Report {
  const outcome: Outcome = one.verdict;
  switch (outcome) {
    case "pass":
      return { kind: "passed" };
    case "fail":
      return { kind: "failure", message: one.reason, detail: detailOf(one) };
    case "inconc":
    case "error":
      return { kind: "error", type: outcome, message: one.reason, detail: detailOf(one) };
    case "notApplicable":
      return { kind: "skipped", message: `not applicable: ${one.reason}` };
    case "notRun":
      return { kind: "skipped", message: `not run: ${one.reason}` };
    default:
      return unreachable(outcome);
  }
}

function outcomeXml(report: Report): Markup {
  switch (report.kind) {
    case "passed":
      return nothing;
    case "failure":
      return markup`<failure type="fail" message="${report.message}">${report.detail}</failure>`;
    case "error":
      return markup`<error type="${report.type}" message="${report.message}">${report.detail}</error>`;
    case "skipped":
      return markup`<skipped>${report.message}</skipped>`;
    default:
      return unreachable(report);
  }
}

function detailOf({ reason, requirement, expected, actual, owner, ownerBecause, mend, at }: CaseRecord): string {
  const lines = [
    reason,
    requirement === "" ? "" : `requirement: ${requirement}`,
    ...expected.map((one) => `expected: ${one}`),
    actual === "" ? "" : `observed: ${actual}`,
    `to be mended by: ${owner}`,
    ownerBecause === "" ? "" : `because: ${ownerBecause}`,
    mend === "" ? "" : `how: ${mend}`,
    at === undefined ? "" : `evidence line: ${at}`,
  ];
  return lines.filter((line) => line !== "").join("\n");
}
