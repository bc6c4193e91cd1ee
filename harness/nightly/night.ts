import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Night, NightBench, NightJob } from "../../reports/trend/data.ts";
import { nightPage } from "../../reports/trend/night-page.ts";
import { loadWaivers } from "../bench/waivers.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { openLockFolder } from "../device/locks/index.ts";
import { historyUrl, type Job, type NightlyConfig } from "./config.ts";
import type { NightContext } from "./context.ts";
import { locksOf } from "./devices.ts";
import { loadExpected } from "./expected/file.ts";
import { NIGHT_FILE, newNightFolder, tidyNights } from "./folders.ts";
import { checkBench } from "./health.ts";
import { flakyCases } from "./history/flaky.ts";
import { openHistory } from "./history/open.ts";
import { addNight, type HistoryStore } from "./history/record.ts";
import { doJob } from "./job.ts";
import { inParallel } from "./schedule.ts";

export interface NightOptions {
  readonly config: NightlyConfig;
  /** The command by which children are started. */
  readonly program: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly knownCases: readonly string[];
  readonly tell: (text: string) => void;
  /** YYYY-MM-DD; that on which the night begins (UTC) when absent. */
  readonly day?: string | undefined;
  readonly graceMs?: number | undefined;
}

/** Exit codes of a night. */
const EXIT = { expected: 0, unexpected: 1, unclear: 2, interrupted: 130 } as const;

export interface DoneNight {
  readonly night: Night;
  readonly folder: string;
  /** What went wrong beside the jobs, one sentence each. */
  readonly troubles: readonly string[];
}

/**
 * A night: looks at the benches, does the jobs, keeps the history, writes `night.json` and `summary.html`, tidies old nights. Rejects with `USAGE`
 * for everything that can be wrong before anything is begun. After an interruption it ends in good order.
 */
export async function performNight(options: NightOptions): Promise<DoneNight> {
  const { config, clock, signal, tell } = options;
  checkFiles(options);
  const started = clock.wall();
  const day = options.day ?? started.toISOString().slice(0, 10);
  const troubles: string[] = [];
  const history = await reachHistory(config, clock, troubles);
  try {
    const { id, folder } = newNightFolder(config.runs.folder, day);
    const host = hostname();
    const context: NightContext = { ...options, host, folder, day, history };
    const { benches, jobs } = await doAll(context);
    const flaky = history === undefined ? [] : await flakyCases(history, day);
    const exitCode = worstOf(jobs, benches, { isInterrupted: signal.aborted, isTroubled: troubles.length > 0 });
    const times = { started: started.toISOString(), ended: clock.wall().toISOString() };
    const format = "pursebench-night/1";
    const night: Night = { format, id, name: config.name, day, host, ...times, exitCode, benches, jobs, flaky };
    // Names of nights are unique on this host only.
    if (history) await addNight(history, { ...night, id: `${host}/${config.name}/${id}/${times.started}` });
    writeFileSync(join(folder, "summary.html"), nightPage(night));
    writeFileSync(join(folder, NIGHT_FILE), `${JSON.stringify(night, null, 2)}\n`);
    for (const old of tidyNights(config.runs.folder, config.runs)) tell(`removed ${old}`);
    return { night, folder, troubles };
  } finally {
    await history?.[Symbol.asyncDispose]();
  }
}

async function doAll(context: NightContext): Promise<{ benches: NightBench[]; jobs: NightJob[] }> {
  const { config, tell } = context;
  const used = config.benches.filter(({ name }) => config.jobs.some(({ bench }) => bench === name));
  const checks = used.map((entry) => ({
    locks: [],
    work: async () => {
      const found = await checkBench(entry, context);
      tell(`bench ${entry.name}: ${found.reason}`);
      return found;
    },
  }));
  const benches = await inParallel(checks, config.parallel);
  const tasks = [];
  for (const job of config.jobs) {
    const entry = config.benches.find(({ name }) => name === job.bench);
    const health = benches.find(({ bench }) => bench === job.bench);
    if (entry === undefined || health === undefined) continue;
    const locks = await locksOf(entry.bench, job, job.locks);
    const work = async (): Promise<NightJob> => {
      const done = health.ok
        ? await attempted(() => doJob(job, entry, locks, context), job)
        : out(job, health, context);
      tell(`${job.name}: ${done.reason}`);
      return done;
    };
    tasks.push({ locks: health.ok ? locks : [], work });
  }
  return { benches, jobs: await inParallel(tasks, config.parallel) };
}

function out(job: Job, { reason }: NightBench, { signal }: NightContext): NightJob {
  const known = { job: job.name, bench: job.bench, surprises: [] };
  if (signal.aborted) return { ...known, state: "interrupted", reason: "Interrupted before it began." };
  return { ...known, state: "notRun", reason: `The bench is out: ${reason}` };
}

/** What goes wrong with one job is that job's. */
async function attempted(work: () => Promise<NightJob>, job: Job): Promise<NightJob> {
  try {
    return await work();
  } catch (thrown) {
    return { job: job.name, bench: job.bench, state: "unclear", reason: messageOf(thrown), surprises: [] };
  }
}

/** Files that a job needs only at its end are read before the first begins. */
function checkFiles({ config, knownCases, tell }: NightOptions): void {
  for (const { name, expected, waivers } of config.jobs) {
    if (waivers !== undefined) loadWaivers(waivers, knownCases);
    if (expected === undefined) continue;
    if (existsSync(expected)) loadExpected(expected);
    else tell(`${name}: ${expected} is not there yet: everything must pass. Make it: nightly CONFIG --accept ${name}`);
  }
  if (config.locks.folder !== undefined) openLockFolder(config.locks.folder);
}

/** A night is not lost because a database is. What can be mended beforehand, a wrong URL, is `USAGE`. */
async function reachHistory(
  config: NightlyConfig,
  clock: Clock,
  troubles: string[],
): Promise<HistoryStore | undefined> {
  try {
    return await openHistory(historyUrl(config), clock);
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code === "USAGE") throw thrown;
    troubles.push(`No history: ${messageOf(thrown)}. Bring the runs later: nightly import CONFIG DIR`);
    return undefined;
  }
}

function worstOf(
  jobs: readonly NightJob[],
  benches: readonly NightBench[],
  { isInterrupted, isTroubled }: { readonly isInterrupted: boolean; readonly isTroubled: boolean },
): number {
  if (isInterrupted) return EXIT.interrupted;
  if (jobs.some(({ state }) => state === "unexpected")) return EXIT.unexpected;
  if (isTroubled || benches.some(({ ok }) => !ok)) return EXIT.unclear;
  return jobs.every(({ state }) => state === "expected") ? EXIT.expected : EXIT.unclear;
}
