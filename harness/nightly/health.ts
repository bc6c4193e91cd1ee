import { join } from "node:path";
import type { NightBench } from "../../reports/trend/data.ts";
import { runChild } from "./child.ts";
import type { BenchEntry } from "./config.ts";
import type { NightContext } from "./context.ts";
import { locksOf, takeDevices } from "./devices.ts";
import { missing, specArguments } from "./doctor.ts";
import { badBenches, forgetBad, markBad } from "./history/benches.ts";
import { lastLines } from "./log-tail.ts";
import { type NightResults, readNightResults } from "./results-file.ts";

/**
 * Looks at a bench before its jobs: what `doctor` misses, then a few cases with devices that are known to be good. A bench that fails is out
 * for this night; after as many nights in a row as the configuration says it is not even looked at until somebody reinstates it.
 */
export async function checkBench(entry: BenchEntry, context: NightContext): Promise<NightBench> {
  const { history, host, day, config } = context;
  const bench = entry.name;
  const before = history && (await badBenches(history, host)).find((each) => each.bench === bench);
  if (before?.isOut) {
    const reason = `Out after ${before.badNights} bad nights (since ${before.since}): ${before.reason} When it is mended: nightly CONFIG --reinstate ${bench}`;
    return { bench, ok: false, reason };
  }
  const look = await lookAt(entry, context);
  if (look === undefined) {
    if (history) await forgetBad(history, { host, bench });
    return { bench, ok: true, reason: "In order." };
  }
  if (!look.isBad || history === undefined) return { bench, ok: false, reason: look.reason };
  const now = await markBad(history, { host, bench }, { day, reason: look.reason, limit: config.badNights });
  const stays = now.isOut ? ` It stays out until: nightly CONFIG --reinstate ${bench}` : "";
  return { bench, ok: false, reason: `${look.reason} Bad night ${now.badNights} of ${config.badNights}.${stays}` };
}

interface Trouble {
  readonly reason: string;
  /** False where somebody else uses it, or where the night was interrupted. */
  readonly isBad: boolean;
}

async function lookAt(entry: BenchEntry, context: NightContext): Promise<Trouble | undefined> {
  const name = `health-${entry.name}`;
  const devices = await takeDevices(await locksOf(entry.bench, entry.golden), name, context);
  if (typeof devices === "string") return { reason: `${devices}.`, isBad: false };
  using _devices = devices;
  const absent = await missing(entry.bench, entry.golden, name, context);
  if (context.signal.aborted) return { reason: "Interrupted.", isBad: false };
  if (absent !== undefined) return { reason: `${absent}.`, isBad: true };
  const dir = join(context.folder, name);
  const log = `${dir}.log`;
  const cases = entry.healthCases.flatMap((id) => ["--case", id]);
  const { environment, lend } = devices;
  const end = await runChild(context.program, {
    args: [
      "certify",
      "--json",
      "--bench",
      entry.bench,
      ...specArguments(entry.golden),
      ...cases,
      "--no-diagnose",
      "--out",
      dir,
    ],
    log,
    limitMs: entry.healthMinutes * 60_000,
    graceMs: context.graceMs,
    clock: context.clock,
    signal: context.signal,
    environment,
    onStarted: lend,
  });
  if (context.signal.aborted) return { reason: "Interrupted.", isBad: false };
  if (end.stopped === "limit")
    return { reason: `Known good devices took longer than ${entry.healthMinutes} min.`, isBad: true };
  if (end.code === 0) return undefined;
  return {
    reason: `With known good devices: ${failureIn(dir) ?? `the run ${end.how}: ${lastLines(log)}`}.`,
    isBad: true,
  };
}

function failureIn(dir: string): string | undefined {
  let results: NightResults;
  try {
    results = readNightResults(dir);
  } catch {
    return undefined;
  }
  const bad = results.cases.find(({ verdict }) => verdict !== "pass");
  return bad && `${bad.id} ended ${bad.verdict}: ${bad.reason}`;
}
