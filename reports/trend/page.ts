/** The trend page: years of nights on one page whose size does not grow with them but by a line a month. */
import { moment } from "../text/format.ts";
import { markup } from "../text/markup.ts";
import { countsSection } from "./counts-chart.ts";
import type { Trend } from "./data.ts";
import { pageText } from "./frame.ts";
import { gridSection } from "./grid.ts";
import { benchesPart, FLAKY_RULE, flakyTable, monthsTable, slowerTable } from "./tables.ts";

/** The whole page as text. */
export function trendPage(trend: Trend): string {
  const { name, made, day, days, flaky, slower, months, benches } = trend;
  const content = markup`<header><h1>Nights of ${name}</h1><p class="soft">${days.length} days up to ${day}</p></header>
<main>
${benchesPart(benches)}
<h2 id="jobs">Jobs by day</h2>
${gridSection(trend)}
<h2 id="counts">Cases</h2>
${countsSection(trend)}
<h2 id="flaky">Flaky cases</h2>
<p class="soft">${FLAKY_RULE}</p>
${flakyTable(flaky)}
<h2 id="slower">Cases that grew slower</h2>
<p class="soft">Mean duration of passed cases in the last week against that of one to three months ago, where it grew by 100 ms or more.</p>
${slowerTable(slower)}
${monthsTable(months)}
</main>
<footer>Made ${moment(made)} from the history.</footer>`;
  return pageText(`Nights of ${name}`, content);
}
