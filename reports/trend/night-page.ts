/** `summary.html`: what became of one night. */
import { duration, moment } from "../text/format.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { countsText } from "./counts-chart.ts";
import type { JobState, Night, NightJob } from "./data.ts";
import { pageText, stateMarkup, stateWords } from "./frame.ts";
import { FLAKY_RULE, flakyTable } from "./tables.ts";

/** The whole page as text. */
export function nightPage(night: Night): string {
  const { id, name, host, started, ended, benches, jobs, flaky } = night;
  const out = benches.filter(({ ok }) => !ok);
  const content = markup`<header><h1>Night ${id} of ${name}</h1><p class="soft">On ${host}, ${moment(started)} to ${moment(ended)}</p>
${verdict(night)}</header>
<main>
${out.map(({ bench, reason }) => markup`<p class="out">Bench <strong>${bench}</strong> is out: ${reason}</p>`)}
<h2 id="jobs">Jobs</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Jobs"><table><thead><tr><th scope="col">Job</th><th scope="col">Became</th><th scope="col">Device</th><th scope="col">Cases</th><th scope="col">Why</th><th scope="col" class="number">Took</th></tr></thead><tbody>${jobs.map(jobRow)}</tbody></table></div>
${jobs.map(surprisesPart)}
<h2 id="flaky">Flaky cases</h2><p class="soft">${FLAKY_RULE}</p>
${flakyTable(flaky)}
</main><footer>Derived from the runs of this night.</footer>`;
  return pageText(`Night ${id} of ${name}`, content);
}

function verdict({ exitCode }: Night): Markup {
  const states: Readonly<Record<number, readonly [JobState, string]>> = {
    0: ["expected", "All as expected"],
    1: ["unexpected", "Unexpected results"],
    130: ["interrupted", "Interrupted"],
  };
  const [state, words] = states[exitCode] ?? ["unclear", "Not everything could be judged"];
  return markup`<p class="state big t-${state}">${words}</p>`;
}

function jobRow({ job, state, device = "", outcomes, reason, durationMs, dir }: NightJob): Markup {
  const name = dir === undefined ? markup`${job}` : markup`<a href="${dir}/report.html">${job}</a>`;
  const hasLog = dir !== undefined || state === "unclear";
  const log = !hasLog ? nothing : markup` <a href="${job}.log" aria-label="log of ${job}">log</a>`;
  const took = durationMs === undefined ? "" : duration(durationMs);
  return markup`<tr><th scope="row">${name}</th><td>${stateMarkup(state)}</td><td>${device}</td><td>${outcomes ? countsText(outcomes) : ""}</td><td>${reason}${log}</td><td class="number">${took}</td></tr>`;
}

function surprisesPart({ job, surprises, state }: NightJob): Markup {
  if (surprises.length === 0) return nothing;
  const rows = surprises.map(
    ({ kind, about, text }) =>
      markup`<tr><td>${kind.replaceAll("-", " ")}</td><th scope="row">${about}</th><td>${text}</td></tr>`,
  );
  return markup`<h2 id="job-${job}">${job}: ${stateWords(state)}</h2>
<table><thead><tr><th scope="col">What</th><th scope="col">Case</th><th scope="col">Found</th></tr></thead><tbody>${rows}</tbody></table>`;
}
