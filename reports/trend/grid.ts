import { type Markup, markup, nothing } from "../text/markup.ts";
import { JOB_STATES, type Trend, type TrendCell } from "./data.ts";
import { stateMark, stateMarkup, stateWords } from "./frame.ts";

/** Rows that a page can be read with; what there is beyond is told. */
const MOST_JOBS = 100;

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Verdict per day and job, the newest day at the right. */
export function gridSection({ days, jobs, cells }: Pick<Trend, "days" | "jobs" | "cells">): Markup {
  if (jobs.length === 0) return markup`<p>No run in these ${days.length} days.</p>`;
  const at = new Map(cells.map((cell) => [`${cell.day} ${cell.job}`, cell]));
  const rows = jobs.slice(0, MOST_JOBS).map((job) => {
    const row = days.map((day) => cellMarkup(day, at.get(`${day} ${job}`)));
    return markup`<tr><th scope="row">${job}</th>${row}</tr>`;
  });
  const heads = days.map((day) => markup`<th scope="col" abbr="${day}">${day.slice(8)}</th>`);
  const more = jobs.length > MOST_JOBS ? markup`<p>${jobs.length - MOST_JOBS} more jobs are not shown.</p>` : nothing;
  return markup`<ul class="legend">${JOB_STATES.map((state) => markup`<li>${stateMarkup(state)}</li>`)}</ul>
<div class="scroll newest" tabindex="0" role="region" aria-label="Jobs by day"><table class="grid"><caption class="unseen">What became of each job on each day</caption>
<thead><tr><td></td>${monthHeads(days)}</tr><tr><td></td>${heads}</tr></thead><tbody>${rows}</tbody></table></div>${more}`;
}

function cellMarkup(day: string, cell: TrendCell | undefined): Markup {
  if (cell === undefined) return markup`<td class="c-none"></td>`;
  const words = `${day}: ${stateWords(cell.state)}. ${cell.text}`;
  return markup`<td class="c-${cell.state}" title="${words}"><span aria-hidden="true">${stateMark(cell.state)}</span><span class="unseen">${stateWords(cell.state)}</span></td>`;
}

function monthHeads(days: readonly string[]): Markup[] {
  const counts = new Map<string, number>();
  for (const day of days) counts.set(day.slice(0, 7), (counts.get(day.slice(0, 7)) ?? 0) + 1);
  return [...counts].map(([month, count]) => markup`<th class="month" colspan="${count}">${monthName(month)}</th>`);
}

/** "May 2031" for "2031-05". */
export function monthName(month: string): string {
  return `${MONTHS[Number(month.slice(5)) - 1] ?? month} ${month.slice(0, 4)}`;
}
