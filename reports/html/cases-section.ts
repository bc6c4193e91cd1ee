/** All cases of the run in one table. */
import { isVerdict } from "../../harness/evidence/verdict.ts";
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { anchor } from "../text/anchor.ts";
import { duration } from "../text/format.ts";
import { type Markup, markup } from "../text/markup.ts";
import { filterBar } from "./filter.ts";
import { status } from "./status.ts";
import { type Column, table } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { title: "Case", look: "wide" },
  { title: "Purpose and requirements" },
  { title: "Selected", look: "fixed" },
  { title: "Run", look: "fixed" },
  { title: "Verdict", look: "fixed" },
  { title: "Observation" },
  { title: "Owner", look: "fixed" },
  { title: "Duration", look: "number" },
];

export function casesSection(run: RunRecord): Markup {
  const rows = run.cases.map((one) => ({ show: one.verdict, id: anchor("case", one.id), cells: cells(one) }));
  const choices = OUTCOMES.map((value) => ({ value, word: outcomeWords(value).word, count: run.summary[value] }));
  return markup`<section aria-labelledby="cases" class="filtered"><h2 id="cases">Test cases</h2>
${filterBar("case-filter", "Show cases with outcome", choices)}
${table(`All ${run.cases.length} cases`, COLUMNS, rows)}</section>`;
}

/** True for cases whose exchanges are shown further down. */
export function isExplained({ verdict }: CaseRecord): boolean {
  return verdict === "fail" || verdict === "error" || verdict === "inconc";
}

function cells(one: CaseRecord): readonly (Markup | string)[] {
  const ran = isVerdict(one.verdict);
  return [
    isExplained(one) ? markup`<a href="#${anchor("detail", one.id)}">${one.id}</a>` : one.id,
    purpose(one),
    one.verdict === "notApplicable" ? "no" : "yes",
    ran ? "yes" : "no",
    status(one.verdict),
    observation(one),
    one.verdict === "pass" ? "–" : one.owner,
    ran ? duration(one.durationMs) : "–",
  ];
}

function purpose({ purpose: text, requirements }: CaseRecord): Markup {
  const links = requirements.map((id) => markup`<a href="#${anchor("req", id)}">${id}</a>`);
  return markup`${text}<span class="requirements">${links}</span>`;
}

function observation({ verdict, reason }: CaseRecord): string {
  if (reason !== "") return reason;
  return verdict === "pass" ? "as required" : "no reason was recorded";
}
