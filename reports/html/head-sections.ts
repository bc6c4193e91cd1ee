/** The first page of a report: what was tested, the verdict, and what limits it. */
import { isVerdict } from "../../harness/evidence/verdict.ts";
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { status } from "./status.ts";
import { pairs } from "./table.ts";

export function titleBlock(run: RunRecord): Markup {
  return markup`<header><p class="kind">${run.tool}</p><h1>Conformance test report</h1>
<p class="subject">${run.iut} on bench ${run.bench}, run ${run.run}</p></header>`;
}

export function verdictSection(run: RunRecord): Markup {
  const { word, mark } = outcomeWords(run.verdict);
  return markup`<section aria-labelledby="verdict"><h2 id="verdict">Verdict</h2>
<p class="verdict s-${run.verdict}"><span class="mark" aria-hidden="true">${mark}</span>${word}</p>
<p>${sentence(run)}</p>
${summaryTable(run)}
${reservations(run)}</section>`;
}

function sentence({ cases, mode, verdict, summary }: RunRecord): string {
  const count = cases.filter((one) => isVerdict(one.verdict)).length;
  const counts = OUTCOMES.filter((outcome) => isVerdict(outcome) && summary[outcome] > 0);
  const told = counts.map((outcome) => `${summary[outcome]} ${outcomeWords(outcome).word}`).join(", ");
  const { word, meaning } = outcomeWords(verdict);
  const came = `${count} of ${cases.length} cases came to a verdict in ${mode} mode`;
  return `${came}${told === "" ? "" : ` (${told})`}. The worst counts; ${word} means: ${meaning}.`;
}

function summaryTable({ summary }: RunRecord): Markup {
  return markup`<table class="summary"><caption>Cases by outcome</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col">Cases</th><th scope="col">Meaning</th></tr></thead><tbody>
${OUTCOMES.map((outcome) => markup`<tr><th scope="row">${status(outcome)}</th><td class="number">${summary[outcome]}</td><td>${outcomeWords(outcome).meaning}</td></tr>`)}
</tbody></table>`;
}

function reservations({ reservations: said }: RunRecord): Markup {
  if (said.length === 0) return nothing;
  return markup`<div class="reservations"><h3>Reservations</h3><ul>${said.map((text) => markup`<li>${text}</li>`)}</ul></div>`;
}

export function identificationSection(run: RunRecord): Markup {
  return markup`<section aria-labelledby="identification"><h2 id="identification">Identification</h2>
${pairs("What was tested, with what, and when", run.identification)}</section>`;
}

/** What a person adds by hand; ISO/IEC 17025, 7.8.2.1 wants it and no program can know it. */
export function issueSection(run: RunRecord): Markup {
  const blanks = ["Laboratory and address", "Customer", "Date of issue", "Authorised by (name, function)", "Signature"];
  return markup`<section aria-labelledby="issue" class="issue"><h2 id="issue">Statement and issue</h2>
<p>The results relate only to the item identified above, in the state in which it was tested. Case by case they were judged by rule;
no measurement uncertainty enters a verdict. This report was derived from the recorded evidence of run ${run.run} alone;
<code>pursebench verify</code> checks that evidence offline, <code>pursebench rejudge</code> judges it anew.
It may be reproduced only in full.</p>
${pairs(
  "To be completed by the laboratory",
  blanks.map(
    (name) => [name, markup`<span class="blank"><span class="unseen">to be completed by hand</span></span>`] as const,
  ),
)}</section>`;
}
