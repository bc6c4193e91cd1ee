import { join } from "node:path";
import type { IutIdentity } from "../flows/station.ts";
import { readRun } from "./reader.ts";
import type { Golden, Results } from "./results.ts";
import { RESULTS_FILE } from "./run-directory.ts";
import type { RunIdentification } from "./run-identification.ts";
import { type RunReading, readAll } from "./run-reading.ts";
import { isVerdict, type Outcome, summarise, type Verdict, worst } from "./verdict.ts";
import { writeWhole } from "./write-whole.ts";

/** The results of the run in `dir`, from `run.json` and the events alone. Rejects with `USAGE` for damaged evidence. */
export async function deriveResults(dir: string): Promise<Results> {
  const run = await readRun(dir);
  return conclude(run, await readAll(dir, run));
}

/** Derives and writes `results.json`. Rejects with `STORAGE` when it cannot be written. */
export async function writeResults(dir: string): Promise<Results> {
  const results = await deriveResults(dir);
  writeWhole(join(dir, RESULTS_FILE), resultsText(results));
  return results;
}

/** The bytes of `results.json`. */
export function resultsText(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

function conclude(run: RunIdentification, reading: RunReading): Results {
  const { interrupted, resumed, complete, specimens, latencies, claims, golden } = reading;
  const cases = [...reading.cases.values()].map((each) =>
    each.result(interrupted ?? "the run broke off before this case"),
  );
  const outcomes = cases.map((each) => each.verdict);
  const stoppedIn = complete ? undefined : [...reading.cases].find(([, { isUnderWay }]) => isUnderWay)?.[0];
  return {
    format: "pursebench-results/1",
    run: {
      id: run.run,
      started: run.started,
      ended: reading.ended,
      lines: reading.lines,
      complete,
      ...(interrupted === undefined ? {} : { interrupted }),
      ...(stoppedIn === undefined ? {} : { stoppedIn }),
      ...(resumed === 0 ? {} : { resumed }),
    },
    iut: iutOf(run, reading),
    bench: {
      name: run.bench.name,
      devices: reading.identity?.devices ?? [],
      ...(specimens ? { specimens } : {}),
      ...(latencies ? { latencies } : {}),
    },
    ...(claims ? { claims } : {}),
    ...(golden.length > 0 ? { golden } : {}),
    mode: run.mode,
    verdict: verdictOf(outcomes, golden),
    summary: summarise(outcomes),
    cases,
  };
}

function iutOf({ iut: { role, spec } }: RunIdentification, { identity, specimen }: RunReading): IutIdentity {
  const iut = identity?.iut ?? { role, description: spec ?? "not identified" };
  return { ...iut, ...(specimen ? { specimen } : {}) };
}

/** Of a whole run. What a bench says of a device is worth nothing where a golden one does not pass on it. */
export function verdictOf(outcomes: readonly Outcome[], golden: readonly Pick<Golden, "when" | "outcome">[]): Verdict {
  if (golden.some(({ when, outcome }) => when === "after" && outcome !== "pass")) return "inconc";
  return worst(outcomes.filter(isVerdict));
}
