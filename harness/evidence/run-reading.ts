/** The lines of a run, taken one after the other. */
import type { Latency, SpecimenIdentity, StationIdentity } from "../flows/station.ts";
import { CaseReading } from "./case-reading.ts";
import type { EvidenceEvent, EvidenceLine } from "./event.ts";
import { readEvents } from "./reader.ts";
import type { Golden, Results } from "./results.ts";
import type { RunIdentification } from "./run-identification.ts";

/** What the lines of a run say, as far as results depend on it. */
export interface RunReading {
  readonly cases: Map<string, CaseReading>;
  /** The bench as it was when the run began. */
  identity?: StationIdentity;
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

/** Reads the evidence in `dir`. Rejects with `USAGE` where it is damaged. */
export async function readAll(dir: string, run: RunIdentification): Promise<RunReading> {
  const reading = newReading(run);
  for await (const line of readEvents(dir)) take(reading, line);
  return reading;
}

function newReading({ started }: RunIdentification): RunReading {
  return { cases: new Map(), golden: [], resumed: 0, complete: false, lines: 0, ended: started };
}

function take(reading: RunReading, line: EvidenceLine): void {
  reading.lines = line.n;
  reading.ended = line.wall;
  if (line.caseId === undefined) takeForRun(reading, line.event);
  else reading.cases.get(line.caseId)?.take(line);
}

/** Who was there is what was there first: a run that goes on has to find the same. */
function takeForRun(reading: RunReading, event: EvidenceEvent): void {
  switch (event.kind) {
    case "selection":
      for (const header of event.cases) reading.cases.set(header.id, new CaseReading(header));
      break;
    case "identity":
      reading.identity ??= { bench: event.bench, iut: event.iut, devices: event.devices };
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
