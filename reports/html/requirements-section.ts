/** What the run says about each requirement of the conformance basis. */
import type { RequirementResult, RequirementRow } from "../record/basis.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { anchor } from "../text/anchor.ts";
import { type Markup, markup } from "../text/markup.ts";
import { filterBar } from "./filter.ts";
import { badge, status } from "./status.ts";
import { type Column, table } from "./table.ts";

const RESULTS: readonly RequirementResult[] = ["fail", "error", "inconc", "pass", "untested"];

const COLUMNS: readonly Column[] = [
  { title: "Requirement", look: "wide" },
  { title: "Level", look: "fixed" },
  { title: "Text" },
  { title: "Source paragraphs" },
  { title: "Cases", look: "wide" },
  { title: "Result" },
];

export function requirementsSection(rows: readonly RequirementRow[]): Markup {
  const choices = RESULTS.map((value) => ({
    value,
    word: wordOf(value),
    count: rows.filter(({ result }) => result === value).length,
  }));
  const lines = rows.map((row) => ({ show: row.result, id: anchor("req", row.id), cells: cells(row) }));
  return markup`<section aria-labelledby="requirements" class="filtered"><h2 id="requirements">Requirements</h2>
<p>A requirement passes when every case about it that was run passed. Not tested requirements are no part of the verdict.</p>
${filterBar("requirement-filter", "Show requirements with result", choices)}
${table(`All ${rows.length} requirements of the conformance basis`, COLUMNS, lines)}</section>`;
}

function wordOf(result: RequirementResult): string {
  return result === "untested" ? "not tested" : outcomeWords(result).word;
}

function cells(row: RequirementRow): readonly (Markup | string)[] {
  return [row.id, row.level, row.text, row.source.join(", "), caseLinks(row), resultCell(row)];
}

function caseLinks({ cases }: RequirementRow): Markup | string {
  if (cases.length === 0) return "–";
  return markup`${cases.map(({ id }) => markup`<a href="#${anchor("case", id)}">${id}</a>`)}`;
}

function resultCell({ result, reason }: RequirementRow): Markup {
  if (result !== "untested") return status(result);
  return markup`${badge("notRun", "○", wordOf(result))}<span class="because">${reason}</span>`;
}
