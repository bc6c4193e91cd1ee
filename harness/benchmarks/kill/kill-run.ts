/** kill -9 at random moments of a run, and of its going on: the directory is always readable, and the verdicts are those of an undisturbed run. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderReports } from "../../../reports/index.ts";
import { loadBasis } from "../../../suites/define/requirements.ts";
import { cases } from "../../../suites/index.ts";
import { packageRoot } from "../../bench/package-root.ts";
import { messageOf } from "../../core/errors.ts";
import { deriveResults, writeResults } from "../../evidence/derive.ts";
import type { Results } from "../../evidence/results.ts";
import { verifyRun } from "../../evidence/verify.ts";

/** A run that goes on is killed again so often at most. */
const MOST_AGAIN = 2;
/** Of every so many killed runs the reports are made as they were left. */
const REPORTED = 20;
/** The share of runs that are killed while they go on. */
const AGAIN = 0.3;

export interface KillOptions {
  readonly kills: number;
  /** 0 to below 1, as `Math.random`. */
  readonly random: () => number;
  readonly isStopped: () => boolean;
  readonly onProgress: (report: KillReport) => void;
}

export interface KillReport {
  /** Of an undisturbed run. */
  readonly cases: number;
  readonly undisturbedMs: number;
  /** Processes that were killed: runs that began, and runs that went on. */
  readonly kills: number;
  readonly killsOfResumed: number;
  /** Killed within a case, within a line, before the first line, after the last. */
  readonly duringCase: number;
  readonly torn: number;
  readonly beforeFirst: number;
  readonly afterLast: number;
  readonly isComplete: boolean;
  readonly flaws: readonly string[];
}

type Counted = {
  -readonly [K in "kills" | "killsOfResumed" | "duringCase" | "torn" | "beforeFirst" | "afterLast"]: number;
};

/** Kills runs until `kills` of them were. */
export async function killRuns(options: KillOptions): Promise<KillReport> {
  const place = mkdtempSync(join(tmpdir(), "pb-kill-"));
  const flaws: string[] = [];
  const counted: Counted = { kills: 0, killsOfResumed: 0, duringCase: 0, torn: 0, beforeFirst: 0, afterLast: 0 };
  try {
    const reference = join(place, "undisturbed");
    const length = { ms: await millisecondsOf(start([reference])) };
    const undisturbed = await deriveResults(reference);
    const wanted = judged(undisturbed);
    const about = { cases: undisturbed.cases.length, undisturbedMs: Math.round(length.ms) };
    const so = (): KillReport => ({
      ...about,
      ...counted,
      isComplete: counted.kills >= options.kills,
      flaws,
    });
    for (let run = 1; counted.kills < options.kills && !options.isStopped(); run++) {
      const dir = join(place, `run-${run}`);
      const wrong = await killOne(dir, length, wanted, counted, options.random);
      // Ctrl-C reaches the run too: what came of that one says nothing.
      if (!options.isStopped()) flaws.push(...wrong.map((flaw) => `run ${run}: ${flaw}`));
      rmSync(dir, { recursive: true, force: true });
      options.onProgress(so());
    }
    return so();
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of the last run that came to its end: a machine has other things to do as well, and then fewer. */
interface Length {
  ms: number;
}

/** From the moment that a run says it begins until its end. */
async function millisecondsOf(child: ChildProcess): Promise<number> {
  await begun(child);
  const from = performance.now();
  await ended(child);
  return performance.now() - from;
}

/** One run, killed and taken on until its end. Returns what was wrong. */
async function killOne(
  dir: string,
  length: Length,
  wanted: string,
  counted: Counted,
  random: () => number,
): Promise<string[]> {
  const came = await killedAfter(start([dir]), random() * length.ms);
  if (came !== "killed") {
    length.ms = came.endedMs;
    return [];
  }
  counted.kills++;
  if (!existsSync(join(dir, "run.json"))) {
    counted.beforeFirst++;
    return [];
  }
  const flaws = await lookInto(dir, counted);
  if (counted.kills % REPORTED === 1) await report(dir);
  for (let again = 0; again < MOST_AGAIN && random() < AGAIN; again++) {
    if ((await killedAfter(start(["--resume", dir]), random() * length.ms)) !== "killed") break;
    counted.killsOfResumed++;
    flaws.push(...(await lookInto(dir, counted)));
  }
  return [...flaws, ...(await finish(dir, wanted))];
}

/** As `pursebench report` makes them. */
async function report(dir: string): Promise<void> {
  await writeResults(dir);
  await renderReports(dir, loadBasis(cases), { allure: false });
}

/** The directory can be read as it is, and says where the run stopped. */
async function lookInto(dir: string, counted: Counted): Promise<string[]> {
  try {
    const { run } = await deriveResults(dir);
    const { stopped, damage, ok } = await verifyRun(dir);
    if (stopped?.during !== undefined) counted.duringCase++;
    if (damage.some(({ what }) => what.startsWith("has no end"))) counted.torn++;
    if (run.complete || ok) counted.afterLast++;
    else if (!stopped) return [`verify does not say where it stopped: ${JSON.stringify(damage)}`];
    return [];
  } catch (thrown) {
    return [`the directory cannot be read: ${messageOf(thrown)}`];
  }
}

async function finish(dir: string, wanted: string): Promise<string[]> {
  const { ok: isWhole } = await verifyRun(dir);
  const { code, err } = isWhole ? { code: 1, err: "" } : await ended(start(["--resume", dir]));
  if (code !== 1) return [`going on ended with ${code}: ${err.trim()}`];
  const { ok, damage } = await verifyRun(dir);
  if (!ok) return [`verify: ${JSON.stringify(damage)}`];
  const found = judged(await deriveResults(dir));
  return found === wanted ? [] : [`other verdicts than undisturbed: ${found}`];
}

/** What has to be the same whether or not a run was killed. */
export function judged({ verdict, summary, cases, golden = [] }: Results): string {
  return JSON.stringify({
    verdict,
    summary,
    golden: golden.map(({ when, device, outcome }) => [when, device, outcome]),
    cases: cases.map(({ id, verdict: outcome, reason, owner }) => [id, outcome, reason, owner]),
  });
}

function start(words: readonly string[]): ChildProcess {
  const target = join(packageRoot(), ".build", "harness", "benchmarks", "kill", "target.js");
  return spawn(process.execPath, [target, ...words], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

/** Kills it so long after it began with its run, or says how long that took where it ended before. */
async function killedAfter(
  child: ChildProcess,
  milliseconds: number,
): Promise<"killed" | { readonly endedMs: number }> {
  const end = ended(child);
  await Promise.race([begun(child), end]);
  const from = performance.now();
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const { signal } = await end.finally(() => clearTimeout(timer));
  return signal === "SIGKILL" ? "killed" : { endedMs: performance.now() - from };
}

/** It says so when all is prepared: to load the program takes as long as a busy machine likes. */
function begun(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("message", () => resolve());
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; err: string }> {
  let err = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, err }));
  });
}
