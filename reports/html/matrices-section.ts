/** Matrices of cases, e.g. every fault at every message: the verdict stands where row and column meet. */
import { type Matrix, type MatrixCell, matricesOf, NO_CASE, PASSED_CELL } from "../record/matrix.ts";
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { anchor } from "../text/anchor.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { status } from "./status.ts";

export function matricesSection({ cases }: RunRecord): Markup {
  const matrices = matricesOf(cases);
  if (matrices.length === 0) return nothing;
  return markup`<section aria-labelledby="matrices"><h2 id="matrices">Matrices</h2>
<p>Each place is a case: what its column says happens where its row says. Whatever happens, money has to be conserved (over
cards, security cards, accounts and what is being cleared) and the state clean (nothing left open but what the specification leaves open, and the next transaction works).</p>
${matrices.map(matrixTable)}</section>`;
}

function matrixTable(matrix: Matrix): Markup {
  const { name, columns, rows } = matrix;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table class="matrix"><caption>${name}: ${tally(matrix)}</caption>
<thead><tr><th scope="col">Where</th>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr><th scope="row">${row.name}</th>${row.cells.map((cell) => markup`<td>${cellMarkup(cell)}</td>`)}</tr>`)}
</tbody></table></div>
${legend(matrix)}`;
}

function tally({ rows }: Matrix): string {
  const cells = rows.flatMap((row) => row.cells);
  const taken = cells.filter(({ count }) => count > 0);
  return `${taken.filter(({ verdict }) => verdict === "pass").length} of ${taken.length} places passed`;
}

function cellMarkup({ verdict, id, count, ending }: MatrixCell): Markup {
  if (id === undefined) return markup`–`;
  const ended = ending === undefined ? nothing : markup`<span class="because">${ending}</span>`;
  const shared = count > 1 ? markup`<span class="because">${count} cases</span>` : nothing;
  return markup`<a href="#${anchor("case", id)}" title="${id}">${status(verdict)}</a>${ended}${shared}`;
}

function legend({ rows }: Matrix): Markup {
  const cells = rows.flatMap((row) => row.cells);
  const seen = new Set(cells.filter(({ count }) => count > 0).map(({ verdict }) => verdict));
  const told = OUTCOMES.filter((outcome) => seen.has(outcome));
  const empty = cells.some(({ count }) => count === 0) ? markup`<li>– ${NO_CASE}</li>` : nothing;
  return markup`<ul class="legend">${told.map((outcome) => markup`<li>${status(outcome)} ${outcome === "pass" ? PASSED_CELL : outcomeWords(outcome).meaning}</li>`)}${empty}</ul>`;
}
