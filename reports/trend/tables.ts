import type { Outcome } from "../../harness/evidence/verdict.ts";
import { duration } from "../text/format.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import type { BenchOut, FlakyCase, SlowerCase, TrendMonth } from "./data.ts";
import { monthName } from "./grid.ts";

/** One letter each, oldest first. */
const LETTERS: Readonly<Record<Outcome, string>> = {
  pass: "p",
  fail: "F",
  inconc: "i",
  error: "e",
  notApplicable: "-",
  notRun: ".",
};

export const FLAKY_RULE =
  "A case is flaky when, in the last 30 days, of one job with one version of a device, at least 5 runs gave a verdict and it changed between pass and no pass at least twice. It is told; a fail stays a fail.";

export function flakyTable(flaky: readonly FlakyCase[]): Markup {
  if (flaky.length === 0) return markup`<p>None.</p>`;
  const rows = flaky.map(
    ({
      job,
      device,
      caseId,
      runs,
      flips,
      last,
    }) => markup`<tr><th scope="row">${caseId}</th><td>${job}</td><td>${device}</td>
<td class="number">${flips} in ${runs} runs (${Math.round((100 * flips) / Math.max(1, runs - 1))} %)</td><td class="last">${last.map((each) => LETTERS[each]).join("")}</td></tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Flaky cases"><table><caption>Last outcomes, oldest first: p pass, F fail, i inconclusive, e error</caption>
<thead><tr><th scope="col">Case</th><th scope="col">Job</th><th scope="col">Device</th><th scope="col" class="number">Changes</th><th scope="col">Last outcomes</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function slowerTable(slower: readonly SlowerCase[]): Markup {
  if (slower.length === 0) return markup`<p>None.</p>`;
  const rows = slower.map(
    ({
      job,
      caseId,
      beforeMs,
      nowMs,
    }) => markup`<tr><th scope="row">${caseId}</th><td>${job}</td><td class="number">${duration(beforeMs)}</td>
<td class="number">${duration(nowMs)}</td><td class="number">${(nowMs / Math.max(1, beforeMs)).toFixed(1)} times</td></tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Cases that grew slower"><table class="plain"><thead><tr><th scope="col">Case</th><th scope="col">Job</th><th scope="col" class="number">Before</th><th scope="col" class="number">Last week</th><th scope="col" class="number">Growth</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function monthsTable(months: readonly TrendMonth[]): Markup {
  if (months.length === 0) return nothing;
  const rows = months.map(({ period, runs, jobs, expected, outcomes, durationMs }) => {
    const { pass, fail, inconc, error, notRun } = outcomes;
    const all = pass + fail + inconc + error + notRun;
    return markup`<tr><th scope="row">${monthName(period)}</th><td class="number">${runs}</td><td class="number">${jobs === 0 ? "" : percent(expected, jobs)}</td><td class="number">${percent(pass, all)}</td>
<td class="number">${fail}</td><td class="number">${inconc + error}</td><td class="number">${duration(durationMs / Math.max(1, runs))}</td></tr>`;
  });
  return markup`<h2 id="months">Earlier, by month</h2><div class="scroll" tabindex="0" role="region" aria-label="Earlier, by month"><table class="plain"><thead><tr><th scope="col">Month</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Jobs as expected</th><th scope="col" class="number">Cases passed</th>
<th scope="col" class="number">Failed</th><th scope="col" class="number">Inconclusive or error</th><th scope="col" class="number">Mean duration of a run</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`;
}

export function benchesPart(benches: readonly BenchOut[]): Markup {
  if (benches.length === 0) return nothing;
  return markup`<h2 id="benches">Benches that are out</h2>${benches.map(
    ({ host, bench, badNights, isOut, since, reason }) =>
      markup`<p class="out"><strong>${bench}</strong> on ${host}: bad for ${badNights} ${badNights === 1 ? "night" : "nights"} (since ${since})${isOut ? ", out until somebody reinstates it" : ""}. ${reason}</p>`,
  )}`;
}
