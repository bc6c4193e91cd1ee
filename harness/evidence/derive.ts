import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import type { IutIdentity, Latency, SpecimenIdentity } from "../flows/station.ts";
import type { CaseHeader, EvidenceEvent, EvidenceLine } from "./event.ts";
import { readEvents, readRun } from "./reader.ts";
import type { CaseResult, ResultStep, Results } from "./results.ts";
import { RESULTS_FILE, storageError } from "./run-directory.ts";
import type { RunIdentification } from "./run-identification.ts";
import { isVerdict, summarise, worst } from "./verdict.ts";

interface OpenCase {
  readonly header: CaseHeader;
  readonly steps: ResultStep[];
  from?: number;
  to?: number;
  startedAt?: number;
  lastAt?: number;
  ending?: string;
  end?: Extract<EvidenceEvent, { kind: "case-end" }>;
  diagnosis?: Extract<EvidenceEvent, { kind: "diagnosis" }>;
}

interface Reading {
  readonly cases: Map<string, OpenCase>;
  iut: IutIdentity;
  devices: readonly { readonly name: string; readonly version: string }[];
  specimens?: readonly SpecimenIdentity[];
  latencies?: readonly Latency[];
  interrupted?: string;
  complete: boolean;
  lines: number;
  ended: string;
}

/** The results of the run in `dir`, from `run.json` and the events alone. Rejects with `USAGE` for damaged evidence. */
export async function deriveResults(dir: string): Promise<Results> {
  const run = await readRun(dir);
  const reading: Reading = {
    cases: new Map(),
    iut: { role: run.iut.role, description: run.iut.spec ?? "not identified" },
    devices: [],
    complete: false,
    lines: 0,
    ended: run.started,
  };
  for await (const line of readEvents(dir)) take(reading, line);
  return conclude(run, reading);
}

/** Derives and writes `results.json`. Rejects with `STORAGE` when it cannot be written. */
export async function writeResults(dir: string): Promise<Results> {
  const results = await deriveResults(dir);
  const path = join(dir, RESULTS_FILE);
  try {
    await writeFile(path, resultsText(results), { flush: true });
  } catch (cause) {
    throw storageError(`${path} cannot be written: ${messageOf(cause)}`, cause);
  }
  return results;
}

/** The bytes of `results.json`. */
export function resultsText(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

function take(reading: Reading, line: EvidenceLine): void {
  reading.lines = line.n;
  reading.ended = line.wall;
  const { event } = line;
  if (event.kind === "selection") for (const header of event.cases) open(reading, header);
  if (event.kind === "identity") {
    reading.iut = { ...event.iut };
    reading.devices = event.devices;
  }
  if (event.kind === "specimens") reading.specimens ??= event.specimens;
  if (event.kind === "latencies") reading.latencies = event.latencies;
  if (event.kind === "preflight" && event.specimen) reading.iut = { ...reading.iut, specimen: event.specimen };
  if (event.kind === "interrupted") reading.interrupted = event.reason;
  if (event.kind === "run-end") reading.complete = true;
  const owner = line.caseId === undefined ? undefined : reading.cases.get(line.caseId);
  if (owner) takeForCase(owner, line);
}

function open(reading: Reading, header: CaseHeader): void {
  const { id, suite, purpose, requirements, owner, cell } = header;
  const place = cell === undefined ? {} : { cell };
  reading.cases.set(id, { header: { id, suite, purpose, requirements, owner, ...place }, steps: [] });
}

function takeForCase(into: OpenCase, line: EvidenceLine): void {
  const { event } = line;
  if (event.kind === "diagnosis") {
    into.diagnosis = event;
    return; // long after the case
  }
  into.from ??= line.n;
  into.to = line.n;
  into.lastAt = line.at;
  if (event.kind === "case-start") into.startedAt = line.at;
  if (event.kind === "case-end") into.end = event;
  if (event.kind === "ending") into.ending = event.text;
  if (event.kind === "message" && event.step !== undefined) {
    into.steps.push({ step: event.step, at: line.at, link: event.link });
  }
}

function conclude(run: RunIdentification, reading: Reading): Results {
  const cases = [...reading.cases.values()].map((each) => resultOf(each, reading));
  const outcomes = cases.map((each) => each.verdict);
  return {
    format: "pursebench-results/1",
    run: {
      id: run.run,
      started: run.started,
      ended: reading.ended,
      lines: reading.lines,
      complete: reading.complete,
      ...(reading.interrupted === undefined ? {} : { interrupted: reading.interrupted }),
    },
    iut: reading.iut,
    bench: {
      name: run.bench.name,
      devices: reading.devices,
      ...(reading.specimens ? { specimens: reading.specimens } : {}),
      ...(reading.latencies ? { latencies: reading.latencies } : {}),
    },
    mode: run.mode,
    verdict: worst(outcomes.filter(isVerdict)),
    summary: summarise(outcomes),
    cases,
  };
}

function resultOf(each: OpenCase, reading: Reading): CaseResult {
  const events = each.from === undefined || each.to === undefined ? undefined : { from: each.from, to: each.to };
  const place = {
    ...(events === undefined ? {} : { events }),
    ...(each.ending === undefined ? {} : { ending: each.ending }),
  };
  if (each.end) {
    const { kind: _, outcome, ...end } = each.end;
    return { ...each.header, ...end, ...diagnosed(each), verdict: outcome, steps: each.steps, ...place };
  }
  // No verdict was spoken: the run broke off, during this case or before it.
  const began = each.startedAt !== undefined;
  return {
    ...each.header,
    verdict: began ? "error" : "notRun",
    reason: began
      ? "the run broke off during this case"
      : (reading.interrupted ?? "the run broke off before this case"),
    owner: "bench",
    durationMs: Math.round((each.lastAt ?? 0) - (each.startedAt ?? each.lastAt ?? 0)),
    steps: each.steps,
    ...place,
  };
}

/** A diagnosis refines whose a failure is, and nothing else. */
function diagnosed({ diagnosis }: OpenCase): Partial<Pick<CaseResult, "owner" | "ownerBecause" | "reruns">> {
  if (!diagnosis) return {};
  const { owner, because, reruns } = diagnosis;
  return { owner, ownerBecause: because, reruns };
}
