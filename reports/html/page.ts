/** The conformance report: one page that needs nothing beside itself and runs no script. */
import { type Basis, requirementRows } from "../record/basis.ts";
import { OUTCOMES } from "../record/outcomes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { Markup, markup } from "../text/markup.ts";
import { casesSection } from "./cases-section.ts";
import { detailsSection } from "./details-section.ts";
import { filterRules } from "./filter.ts";
import { identificationSection, issueSection, titleBlock, verdictSection } from "./head-sections.ts";
import { matricesSection } from "./matrices-section.ts";
import { requirementsSection } from "./requirements-section.ts";
import { sequenceFigure } from "./sequence-figure.ts";
import { STYLE } from "./style.ts";

/** Even if recorded text should ever get through as markup, it could load and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole page as text. */
export function conformancePage(run: RunRecord, basis: Basis): string {
  const style = new Markup(`${STYLE}\n${filterRules([...OUTCOMES, "untested"])}`);
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Conformance test report, ${run.iut}, run ${run.run}</title>
<style>${style}</style></head><body>
<a class="skip" href="#cases">Skip to the test cases</a>
${titleBlock(run)}
${contents(run)}
<main>
${verdictSection(run)}
${identificationSection(run)}
${matricesSection(run)}
${casesSection(run)}
${detailsSection(run)}
${sequenceSection(run)}
${requirementsSection(requirementRows(run.cases, basis))}
${issueSection(run)}
</main>
<footer><p>End of the report on run ${run.run}.</p></footer>
</body></html>
`.text;
}

function contents({ verdict, cases }: RunRecord): Markup {
  const matrices = cases.some(({ cell }) => cell !== undefined) ? [["matrices", "Matrices"] as const] : [];
  const details = verdict === "pass" || verdict === "none" ? [] : [["details", "Cases that did not pass"] as const];
  const parts = [
    ["verdict", "Verdict"],
    ["identification", "Identification"],
    ...matrices,
    ["cases", "Test cases"],
    ...details,
    ["sequence", "A whole transaction"],
    ["requirements", "Requirements"],
    ["issue", "Statement and issue"],
  ] as const;
  return markup`<nav aria-label="Contents"><ul>${parts.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

function sequenceSection(run: RunRecord): Markup {
  const figures = run.flows.map(({ title, transaction }, index) =>
    sequenceFigure(
      transaction,
      index === 0 ? "whole" : `whole-${index + 1}`,
      `A successful ${title}, as recorded in case ${transaction.caseId}`,
    ),
  );
  const none = markup`<p>No passed case of this run holds a whole successful transaction.</p>`;
  return markup`<section aria-labelledby="sequence"><h2 id="sequence">A whole transaction</h2>${figures.length > 0 ? figures : none}</section>`;
}
