/** What a person does between nights: accept results, reinstate a bench, bring old runs, look at the trend. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { trendPage } from "../../reports/trend/page.ts";
import { didYouMean } from "../bench/nearest.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { RESULTS_FILE } from "../evidence/run-directory.ts";
import { historyUrl, makeFolderOf, type NightlyConfig } from "./config.ts";
import { acceptedText } from "./expected/accept.ts";
import { nightFolders } from "./folders.ts";
import { forgetBad } from "./history/benches.ts";
import { openHistory } from "./history/open.ts";
import { addRun } from "./history/record.ts";
import { readTrend } from "./history/trend.ts";
import { readNightResults } from "./results-file.ts";

/** Makes the results of the job's last run the expected ones. Returns one sentence. */
export function acceptJob(config: NightlyConfig, name: string, day: string): string {
  const job = oneOf("job", config.jobs, name);
  if (job.expected === undefined) {
    throw new PursebenchError("USAGE", `job ${name} names no file of expected results`, {
      mend: `add to the job: expected: expected/${name}.yaml`,
    });
  }
  const dir = nightFolders(config.runs.folder)
    .map((folder) => join(folder, name))
    .find((each) => existsSync(join(each, RESULTS_FILE)));
  if (dir === undefined) {
    throw new PursebenchError("USAGE", `job ${name} has no run yet below ${config.runs.folder}`, {
      mend: "let a night pass first",
    });
  }
  const results = readNightResults(dir);
  if (!results.run.complete) {
    throw new PursebenchError("USAGE", `the run in ${dir} broke off: what it did not come to would be missing`, {
      mend: `go on with it first: pursebench certify --resume ${dir}`,
    });
  }
  const before = existsSync(job.expected) ? readFileSync(job.expected, "utf8") : undefined;
  const text = acceptedText(results, before, day);
  if (text === before) return `${job.expected} says already what ${dir} has.`;
  makeFolderOf(job.expected);
  try {
    writeFileSync(job.expected, text);
  } catch (cause) {
    throw new PursebenchError("STORAGE", `${job.expected} cannot be written: ${messageOf(cause)}`, {
      mend: "make the folder, or see that it may be written",
      cause,
    });
  }
  return `${job.expected} now expects what ${dir} has. Say in it why.`;
}

/** Lets a bench in again that had been bad. Returns one sentence. */
export async function reinstate(config: NightlyConfig, name: string, clock: Clock): Promise<string> {
  oneOf("bench", config.benches, name);
  await using history = await openHistory(historyUrl(config), clock);
  const was = await forgetBad(history, { host: hostname(), bench: name });
  return was ? `Bench ${name} takes part again.` : `Bench ${name} was not out on ${hostname()}.`;
}

export interface Imported {
  readonly dir: string;
  readonly run: string;
  /** False when it was there already. */
  readonly added: boolean;
}

/** Brings runs into the history, by the day on which they began. */
export async function importRuns(
  config: NightlyConfig,
  dirs: readonly string[],
  as: { readonly job?: string | undefined; readonly clock: Clock },
): Promise<Imported[]> {
  const all = dirs.map((dir) => ({ dir, results: readNightResults(dir) }));
  await using history = await openHistory(historyUrl(config), as.clock);
  const imported: Imported[] = [];
  for (const { dir, results } of all) {
    const { run, bench } = results;
    const place = { job: as.job ?? bench.name, bench: bench.name, host: hostname(), day: run.started.slice(0, 10) };
    imported.push({ dir, run: run.id, added: await addRun(history, results, place) });
  }
  return imported;
}

/** Writes the trend page. */
export async function writeTrend(config: NightlyConfig, file: string, day: string, clock: Clock): Promise<void> {
  await using history = await openHistory(historyUrl(config), clock);
  const page = trendPage(await readTrend(history, config.name, day));
  try {
    writeFileSync(file, page);
  } catch (cause) {
    throw new PursebenchError("STORAGE", `${file} cannot be written: ${messageOf(cause)}`, {
      mend: "name another file",
      cause,
    });
  }
}

function oneOf<T extends { readonly name: string }>(what: string, all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  const names = all.map((each) => each.name);
  throw new PursebenchError("USAGE", `no ${what} "${name}"${didYouMean(name, names)}`, {
    mend: `there is: ${names.join(", ")}`,
  });
}
