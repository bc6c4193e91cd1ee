/** Expected and actual exchange side by side. What differs says so in words. */
import type { Block } from "../document/blocks.ts";
import { type Markup, markup } from "../text/markup.ts";
import { textMarkup } from "./inline.ts";

type Comparison = Extract<Block, { kind: "comparison" }>;

export function comparisonTable({ caption, expectedFrom, rows }: Comparison): Markup {
  return markup`<table class="cards comparison" role="table"><caption>Expected and actual: ${caption}. Expected: ${expectedFrom}.</caption>
<thead role="rowgroup"><tr role="row">${["Element", "Expected", "Actual", "Compared"].map((title) => markup`<th scope="col" role="columnheader">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map(comparisonRow)}
</tbody></table>`;
}

function comparisonRow({ name, expected, actual, differs, varies }: Comparison["rows"][number]): Markup {
  const word = differs ? markup`<strong class="pointer">≠ differs</strong>` : varies ? "varies from run to run" : "–";
  return markup`<tr role="row" class="${differs ? "differs" : ""}"><th scope="row" role="rowheader" data-title="Element">${name}</th>
<td role="cell" data-title="Expected"><span>${textMarkup(expected)}</span></td><td role="cell" data-title="Actual"><span>${textMarkup(actual)}</span></td><td role="cell" data-title="Compared">${word}</td></tr>`;
}
