import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NightJob } from "../../reports/trend/data.ts";
import { loadWaivers } from "../bench/waivers.ts";
import { RESULTS_FILE, RUN_FILE } from "../evidence/run-directory.ts";
import { type ChildEnd, runChild } from "./child.ts";
import type { BenchEntry, Job } from "./config.ts";
import type { NightContext } from "./context.ts";
import { type LentDevices, takeDevices } from "./devices.ts";
import { missing, specArguments } from "./doctor.ts";
import { loadExpected } from "./expected/file.ts";
import { type Surprise, surprises } from "./expected/judge.ts";
import { addRun } from "./history/record.ts";
import { judgement } from "./judgement.ts";
import { lastLines } from "./log-tail.ts";
import { deviceOf, type NightResults, readNightResults } from "./results-file.ts";

/** Exit codes by which a run has said all that it had to say (README). */
const SPOKEN = [0, 1, 2, 64, 130];

/** Does a job: takes its devices, runs it, holds what came out against what is expected, and writes it into the history. */
export async function doJob(
  job: Job,
  bench: BenchEntry,
  locks: readonly string[],
  context: NightContext,
): Promise<NightJob> {
  const known = { job: job.name, bench: bench.name, surprises: [] };
  const notRun = (reason: string): NightJob =>
    context.signal.aborted
      ? { ...known, state: "interrupted", reason: "Interrupted before it began." }
      : { ...known, state: "notRun", reason };
  if (context.signal.aborted) return notRun("");
  const devices = await takeDevices(locks, job.name, context);
  if (typeof devices === "string") return notRun(`${devices}.`);
  using _devices = devices;
  if (specArguments(job).length > 0) {
    const absent = await missing(bench.bench, job, job.name, context);
    if (absent !== undefined) return notRun(`${absent}.`);
  }
  const dir = join(context.folder, job.name);
  const { end, isResumed } = await run(job, bench, dir, devices, context);
  const results = await resultsIn(dir, context, job.name);
  if (results === undefined) {
    const reason = `No results: the run ${end.how}. ${lastLines(join(context.folder, `${job.name}.log`))}`.trim();
    return { ...known, state: context.signal.aborted ? "interrupted" : "unclear", reason };
  }
  const { day, history, host } = context;
  if (history) await addRun(history, results, { job: job.name, bench: bench.name, host, day });
  const expected = job.expected === undefined || !existsSync(job.expected) ? undefined : loadExpected(job.expected);
  const found = [...surprises(results, expected, day), ...waiverSurprises(job, results, context)];
  return {
    job: job.name,
    bench: bench.name,
    ...judgement(results, found, end, { isResumed, minutes: job.minutes }),
    device: deviceOf(results),
    run: results.run.id,
    dir: job.name,
    outcomes: results.summary as NightJob["outcomes"],
    durationMs: Math.max(0, Date.parse(results.run.ended) - Date.parse(results.run.started)),
  };
}

/** Runs it; where it broke off without having been told to, it goes on once. */
async function run(job: Job, bench: BenchEntry, dir: string, devices: LentDevices, context: NightContext) {
  const { clock, signal, graceMs, program } = context;
  const begun = clock.monotonicMs();
  const command = async (args: readonly string[]): Promise<ChildEnd> =>
    await runChild(program, {
      args,
      log: `${dir}.log`,
      limitMs: Math.max(1_000, job.minutes * 60_000 - (clock.monotonicMs() - begun)),
      graceMs,
      clock,
      signal,
      environment: devices.environment,
      onStarted: devices.lend,
    });
  const end = await command(certifyArguments(job, bench.bench, dir));
  const isBroken = end.stopped === undefined && (end.code === undefined || !SPOKEN.includes(end.code));
  if (!isBroken || !existsSync(join(dir, RUN_FILE))) return { end, isResumed: false };
  context.tell(`${job.name}: the run ${end.how}; it goes on where it broke off`);
  return { end: await command(["certify", "--json", "--resume", dir]), isResumed: true };
}

function certifyArguments(job: Job, bench: string, dir: string): string[] {
  const { iut, mode, pics, pixit, waivers, lab, order } = job;
  const named = { iut, mode, pics, pixit, waivers, lab, order };
  return [
    ...["certify", "--json", "--bench", bench],
    ...specArguments(job),
    ...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...job.suites.flatMap((suite) => ["--suite", suite]),
    ...job.cases.flatMap((id) => ["--case", id]),
    ...(job.retry === 0 ? [] : ["--retry", String(job.retry)]),
    ...["--out", dir],
  ];
}

/** Of a run that was killed they are derived from its evidence. */
async function resultsIn(dir: string, context: NightContext, name: string): Promise<NightResults | undefined> {
  if (!existsSync(join(dir, RUN_FILE))) return undefined;
  if (!existsSync(join(dir, RESULTS_FILE))) {
    const log = join(context.folder, `${name}.log`);
    await runChild(context.program, { args: ["report", dir], log, limitMs: 120_000, clock: context.clock });
  }
  try {
    return readNightResults(dir);
  } catch {
    return undefined;
  }
}

function waiverSurprises(job: Job, { cases }: NightResults, { day, knownCases }: NightContext): Surprise[] {
  if (job.waivers === undefined) return [];
  const ids = new Set(cases.map(({ id }) => id));
  return loadWaivers(job.waivers, knownCases).flatMap((waiver): Surprise[] => {
    if (!ids.has(waiver.case) || waiver.expires >= day) return [];
    const text = `the waiver of ${waiver.approver} held until ${waiver.expires} (${waiver.reason})`;
    return [{ kind: "expired-waiver", about: waiver.case, text }];
  });
}
