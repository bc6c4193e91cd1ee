/** Tables with captions and header scopes that turn into cards on narrow screens and stay tables for screen readers. */
import type { Block, Column, Row, Text } from "../document/blocks.ts";
import { OUTCOMES, outcomeWords } from "../record/outcomes.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { type Choice, filterBar, UNTESTED } from "./filter.ts";
import { textMarkup } from "./inline.ts";

type Table = Extract<Block, { kind: "table" }>;

/** A table of a report; `place` is unique on the page. */
export function tableBlock(block: Table, place: string): Markup {
  const { caption, columns, rows, filter, scroll } = block;
  if (scroll) {
    return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">${plainTable(block)}</div>`;
  }
  const drawn = table(caption, columns, rows);
  if (!filter) return drawn;
  return markup`<div class="filtered">${filterBar(`filter-${place}`, "Show only", choicesOf(rows))}
${drawn}</div>`;
}

function choicesOf(rows: readonly Row[]): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const { show } of rows) if (show !== undefined) counts.set(show, (counts.get(show) ?? 0) + 1);
  const choices = OUTCOMES.map((value) => ({ value, word: outcomeWords(value).word, count: counts.get(value) ?? 0 }));
  return [...choices, { value: UNTESTED, word: "not tested", count: counts.get(UNTESTED) ?? 0 }];
}

/** One that stays a table however wide it is. */
function plainTable({ caption, columns, rows }: Table): Markup {
  return markup`<table class="matrix"><caption>${caption}</caption>
<thead><tr>${columns.map(({ title }) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map(({ cells: [first = "", ...rest] }) => markup`<tr><th scope="row">${textMarkup(first)}</th>${rest.map((cell) => markup`<td>${textMarkup(cell)}</td>`)}</tr>`)}
</tbody></table>`;
}

/** The first cell of each row is its header. */
function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  return markup`<table class="cards" role="table"><caption>${caption}</caption>${widths(columns)}
<thead role="rowgroup"><tr role="row">${columns.map(({ title }) => markup`<th scope="col" role="columnheader">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, columns))}
</tbody></table>`;
}

/** Shares of the width, where the columns say them. */
function widths(columns: readonly Column[]): Markup {
  const total = columns.reduce((sum, { weight = 1 }) => sum + weight, 0);
  if (columns.every(({ weight }) => weight === undefined)) return nothing;
  return markup`<colgroup>${columns.map(({ weight = 1 }) => markup`<col style="width: ${((weight / total) * 100).toFixed(1)}%">`)}</colgroup>`;
}

function tableRow({ show, id, cells, marked }: Row, columns: readonly Column[]): Markup {
  const anchor = id === undefined ? "" : markup` id="${id}"`;
  const shown = show === undefined ? "" : markup` data-show="${show}"`;
  return markup`<tr role="row"${marked ? markup` class="marked"` : ""}${shown}${anchor}>${cells.map((cell, index) => tableCell(cell, columns[index], index === 0))}</tr>`;
}

function tableCell(text: Text, column: Column | undefined, isHeader: boolean): Markup {
  const cell = textMarkup(text);
  const title = column?.title ?? "";
  const look = column?.look ?? "plain";
  if (isHeader) return markup`<th scope="row" role="rowheader" class="${look}" data-title="${title}">${cell}</th>`;
  return markup`<td role="cell" class="${look}" data-title="${title}">${cell}</td>`;
}

/** Name and value pairs; a `<th scope="row">` for each name. */
export function pairs(caption: string, rows: readonly (readonly [name: string, value: Text])[]): Markup {
  return markup`<table class="pairs"><caption>${caption}</caption><tbody>
${rows.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${textMarkup(value)}</td></tr>`)}
</tbody></table>`;
}

/** Lines for a hand. */
export function blanks(caption: string, names: readonly string[]): Markup {
  return markup`<table class="pairs blanks"><caption>${caption}</caption><tbody>
${names.map((name) => markup`<tr><th scope="row">${name}</th><td><span class="unseen">to be completed by hand</span></td></tr>`)}
</tbody></table>`;
}
