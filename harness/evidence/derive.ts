import { join } from "node:path";
import type { IutIdentity, Latency, SpecimenIdentity } from "../flows/station.ts";
import { CaseReading } from "./case-reading.ts";
import type { EvidenceEvent, EvidenceLine } from "./event.ts";
import { readEvents, readRun } from "./reader.ts";
import type { Golden, Results } from "./results.ts";
import { RESULTS_FILE } from "./run-directory.ts";
import type { RunIdentification } from "./run-identification.ts";
import { isVerdict, type Outcome, summarise, type Verdict, worst } from "./verdict.ts";
import { writeWhole } from "./write-whole.ts";

interface Reading {
  readonly cases: Map<string, CaseReading>;
  identity?: Extract<EvidenceEvent, { kind: "identity" }>;
  specimen?: Readonly<Record<string, string>>;
  specimens?: readonly SpecimenIdentity[];
  latencies?: readonly Latency[];
  claims?: Results["claims"];
  readonly golden: Golden[];
  interrupted?: string | undefined;
  resumed: number;
  complete: boolean;
  lines: number;
  ended: string;
}

/** The results of the run in `dir`, from `run.json` and the events alone. Rejects with `USAGE` for damaged evidence. */
export async function deriveResults(dir: string): Promise<Results> {
  const run = await readRun(dir);
  const reading = newReading(run);
  for await (const line of readEvents(dir)) take(reading, line);
  return conclude(run, reading);
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

function newReading({ started }: RunIdentification): Reading {
  return { cases: new Map(), golden: [], resumed: 0, complete: false, lines: 0, ended: started };
}

function take(reading: Reading, line: EvidenceLine): void {
  reading.lines = line.n;
  reading.ended = line.wall;
  if (line.caseId === undefined) takeForRun(reading, line.event);
  else reading.cases.get(line.caseId)?.take(line);
}

/** Who was there is what was there first: a run that goes on has to find the same. */
function takeForRun(reading: Reading, event: EvidenceEvent): void {
  switch (event.kind) {
    case "selection":
      for (const header of event.cases) reading.cases.set(header.id, new CaseReading(header));
      break;
    case "identity":
      reading.identity ??= event;
      break;
    case "preflight":
      if (event.specimen) reading.specimen ??= event.specimen;
      break;
    case "specimens":
      reading.specimens ??= event.specimens;
      break;
    case "latencies":
      reading.latencies = event.latencies;
      break;
    case "claims":
      reading.claims = { pics: event.pics, pixit: event.pixit };
      break;
    case "golden": {
      const { kind: _, ...golden } = event;
      reading.golden.push(golden);
      break;
    }
    case "interrupted":
      reading.interrupted = event.reason;
      break;
    case "run-end":
      reading.complete = true;
      break;
    case "resumed":
      reading.resumed++;
      reading.complete = false;
      reading.interrupted = undefined;
      for (const each of reading.cases.values()) each.breakOff();
      break;
    default: // of no consequence for the results
  }
}

function conclude(run: RunIdentification, reading: Reading): Results {
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

function iutOf({ iut: { role, spec } }: RunIdentification, { identity, specimen }: Reading): IutIdentity {
  const iut = identity?.iut ?? { role, description: spec ?? "not identified" };
  return { ...iut, ...(specimen ? { specimen } : {}) };
}

/** Of a whole run. What a bench says of a device is worth nothing where a golden one does not pass on it. */
export function verdictOf(outcomes: readonly Outcome[], golden: readonly Pick<Golden, "when" | "outcome">[]): Verdict {
  if (golden.some(({ when, outcome }) => when === "after" && outcome !== "pass")) return "inconc";
  return worst(outcomes.filter(isVerdict));
}
