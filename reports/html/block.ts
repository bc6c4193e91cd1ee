/** Blocks of a report. */
import { unreachable } from "../../harness/core/errors.ts";
import type { Block } from "../document/blocks.ts";
import { layOutSpreads } from "../plot/layout.ts";
import { plotSvg } from "../plot/svg.ts";
import { outcomeWords } from "../record/outcomes.ts";
import { type Markup, markup } from "../text/markup.ts";
import { comparisonTable } from "./comparison-table.ts";
import { exchangeTable } from "./exchange-table.ts";
import { textMarkup } from "./inline.ts";
import { sequenceFigure } from "./sequence-figure.ts";
import { spreadTable } from "./spread-table.ts";
import { blanks, pairs, tableBlock } from "./table.ts";

/** `place` is unique on the page. */
export function blockMarkup(block: Block, place: string): Markup {
  switch (block.kind) {
    case "paragraph":
      return markup`<p>${textMarkup(block.text)}</p>`;
    case "list":
      return markup`<ul>${block.items.map((item) => markup`<li>${textMarkup(item)}</li>`)}</ul>`;
    case "verdict": {
      const { word, mark } = outcomeWords(block.outcome);
      return markup`<div class="verdict s-${block.outcome}"><p class="word"><span class="mark" aria-hidden="true">${mark}</span>${word}</p><p class="status-text">${textMarkup(block.text)}</p></div>`;
    }
    case "reservations":
      return markup`<div class="reservations"><p><strong>Reservations</strong></p><ul>${block.items.map((item) => markup`<li>${textMarkup(item)}</li>`)}</ul></div>`;
    case "pairs":
      return pairs(block.caption, block.rows);
    case "blanks":
      return blanks(block.caption, block.names);
    case "table":
      return tableBlock(block, place);
    case "comparison":
      return comparisonTable(block);
    case "exchanges":
      return exchangeTable(block);
    case "sequence":
      return sequenceFigure(block);
    case "spreads": {
      const { caption, id, spreads } = block;
      const title = `${caption}; numbers in the table that follows`;
      return markup`<figure><figcaption>${caption}. Bars: how often; line: median; triangle: 95 %; square: 99 %. The axis is logarithmic.</figcaption>
<div class="scroll" role="region" tabindex="0" aria-label="${caption}">${plotSvg(layOutSpreads(spreads), id, title)}</div></figure>
${spreadTable(caption, spreads)}`;
    }
    default:
      return unreachable(block);
  }
}
