import type { FlakyCase, JobState, Night, NightJob } from "../../reports/trend/data.ts";
import type { DoneNight } from "./night.ts";

/** A screen has no more. */
const MOST_SURPRISES = 12;
const MOST_FLAKY = 5;
const WIDTH = 160;

const WORDS: Readonly<Record<JobState, string>> = {
  expected: "as expected",
  unexpected: "UNEXPECTED",
  unclear: "unclear",
  notRun: "not run",
  interrupted: "interrupted",
};

/** What became of a night, for one screen. */
export function nightText({ night, folder, troubles }: DoneNight): string {
  const width = Math.max(...night.jobs.map(({ job }) => job.length), 3);
  const surprises = night.jobs.flatMap(({ job, surprises }) => surprises.map((each) => ({ job, ...each })));
  const lines = [
    `Night ${night.id} of ${night.name} on ${night.host}: ${verdictText(night)}`,
    ...night.benches.filter(({ ok }) => !ok).map(({ bench, reason }) => `bench ${bench} OUT: ${reason}`),
    ...night.jobs.map((job) => jobText(job, width)),
    ...surprises.slice(0, MOST_SURPRISES).map(({ job, kind, about, text }) => `  ${job} ${kind}: ${about} ${text}`),
    ...more(surprises.length, MOST_SURPRISES, "summary.html has them all"),
    ...flakyLines(night.flaky),
    ...troubles,
    `Summary: ${folder}/summary.html`,
  ];
  return `${lines.map(cut).join("\n")}\n`;
}

/** "all as expected" and the like. */
export function verdictText({ exitCode }: Pick<Night, "exitCode">): string {
  switch (exitCode) {
    case 0:
      return "all as expected";
    case 1:
      return "unexpected results";
    case 130:
      return "interrupted";
    default:
      return "not everything could be judged";
  }
}

function jobText({ job, state, reason, outcomes, device }: NightJob, width: number): string {
  const counts = outcomes ? ` ${outcomes.pass} of ${Object.values(outcomes).reduce((a, b) => a + b, 0)} passed.` : "";
  const of = device === undefined ? "" : ` (${device})`;
  return `${job.padEnd(width)}  ${WORDS[state].padEnd(11)}  ${reason}${counts}${of}`;
}

function flakyLines(flaky: readonly FlakyCase[]): string[] {
  if (flaky.length === 0) return [];
  const shown = flaky
    .slice(0, MOST_FLAKY)
    .map(({ job, caseId, flips, runs }) => `  ${job} ${caseId}: ${flips} changes in ${runs} runs`);
  return [
    "Flaky in the last 30 days (a fail stays a fail):",
    ...shown,
    ...more(flaky.length, MOST_FLAKY, "see the trend page"),
  ];
}

function more(count: number, shown: number, where: string): string[] {
  return count <= shown ? [] : [`  and ${count - shown} more; ${where}`];
}

function cut(line: string): string {
  const flat = line.replace(/\s*\n\s*/g, " ");
  return flat.length <= WIDTH ? flat : `${flat.slice(0, WIDTH - 1)}…`;
}
