/** The numbers of a plot of times. */
import type { Spread } from "../document/blocks.ts";
import { timeText } from "../plot/axis.ts";
import { type Markup, markup } from "../text/markup.ts";

const TITLES = ["Command", "Count", "Least", "Median", "95 %", "99 %", "Most"] as const;

export function spreadTable(caption: string, spreads: readonly Spread[]): Markup {
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Numbers: ${caption}"><table class="spreads"><caption>Numbers: ${caption}</caption>
<thead><tr>${TITLES.map((title, index) => markup`<th scope="col" class="${index === 0 ? "plain" : "number"}">${title}</th>`)}</tr></thead><tbody>
${spreads.map(spreadRow)}
</tbody></table></div>`;
}

function spreadRow({ name, count, minMs, medianMs, p95Ms, p99Ms, maxMs }: Spread): Markup {
  const times = [minMs, medianMs, p95Ms, p99Ms, maxMs];
  return markup`<tr><th scope="row">${name}</th><td class="number">${count}</td>${times.map((ms) => markup`<td class="number">${timeText(ms)}</td>`)}</tr>`;
}
