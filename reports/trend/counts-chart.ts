import type { Outcome } from "../../harness/evidence/verdict.ts";
import { outcomeText } from "../../harness/evidence/verdict.ts";
import { type Markup, markup } from "../text/markup.ts";
import type { Trend, TrendCounts } from "./data.ts";
import { monthName } from "./grid.ts";

/** From the bottom upwards: what is rare stands where it is seen. */
const STACK = ["fail", "error", "inconc", "notRun", "pass"] as const satisfies readonly Outcome[];
const STEP = 12;
const HEIGHT = 170;
const LEFT = 52;
const TOP = 12;
/** What is there is seen, however little it is. */
const LEAST = 2;

/** Outcomes of all cases, a bar a day. */
export function countsSection({ days, counts }: Pick<Trend, "days" | "counts">): Markup {
  const most = Math.max(1, ...counts.map(({ outcomes }) => STACK.reduce((sum, name) => sum + outcomes[name], 0)));
  const at = new Map(days.map((day, index) => [day, LEFT + index * STEP]));
  const bars = counts.map((each) => bar(each, at.get(each.period) ?? LEFT, HEIGHT / most));
  const width = LEFT + days.length * STEP;
  const legend = STACK.map((name) => markup`<li><span class="swatch k-${name}"></span>${outcomeText(name)}</li>`);
  const firsts = days.filter((day, index) => index === 0 || day.endsWith("-01"));
  const labels = firsts.map(
    (day) => markup`<text x="${at.get(day) ?? 0}" y="${TOP + HEIGHT + 15}">${monthName(day.slice(0, 7))}</text>`,
  );
  const texts = markup`<text x="${LEFT - 6}" y="${TOP + 8}" text-anchor="end">${most}</text><text x="${LEFT - 6}" y="${TOP + HEIGHT}" text-anchor="end">0</text>`;
  return markup`<figure><figcaption>Cases by outcome, a bar a day; cases that do not apply are left out.</figcaption><ul class="legend">${legend}</ul>
<div class="scroll newest"><svg viewBox="0 0 ${width} ${TOP + HEIGHT + 22}" role="img" aria-label="${spoken(counts)}">
<line class="axis" x1="${LEFT}" y1="${TOP + HEIGHT}" x2="${width}" y2="${TOP + HEIGHT}"/>${texts}${labels}
${bars}</svg></div></figure>
<details><summary>The same in numbers</summary>${numbers(counts)}</details>`;
}

function bar({ period, outcomes }: TrendCounts, x: number, scale: number): Markup {
  let y = TOP + HEIGHT;
  const parts = STACK.filter((name) => outcomes[name] > 0).map((name) => {
    const height = Math.max(LEAST, outcomes[name] * scale);
    y -= height;
    return markup`<rect class="k-${name}" x="${x + 1}" y="${y.toFixed(1)}" width="${STEP - 2}" height="${height.toFixed(1)}"/>`;
  });
  return markup`<g><title>${period}: ${countsText(outcomes)}</title>${parts}</g>`;
}

function spoken(counts: readonly TrendCounts[]): string {
  const last = counts.at(-1);
  if (last === undefined) return "No runs";
  return `Cases by outcome on ${counts.length} days with runs. The last, ${last.period}: ${countsText(last.outcomes)}`;
}

export function countsText(outcomes: TrendCounts["outcomes"]): string {
  const parts = [...STACK].reverse().filter((name) => outcomes[name] > 0);
  return parts.map((name) => `${outcomes[name]} ${outcomeText(name)}`).join(", ") || "no cases";
}

function numbers(counts: readonly TrendCounts[]): Markup {
  const rows = [...counts]
    .reverse()
    .map(
      ({ period, runs, outcomes }) =>
        markup`<tr><th scope="row">${period}</th><td class="number">${runs}</td>${STACK.map((name) => markup`<td class="number">${outcomes[name]}</td>`)}</tr>`,
    );
  return markup`<table class="plain"><thead><tr><th scope="col">Day</th><th scope="col" class="number">Runs</th>${STACK.map((name) => markup`<th scope="col" class="number">${outcomeText(name)}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}
