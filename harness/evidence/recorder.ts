import type { PursebenchError } from "../core/errors.ts";
import type { RecordEvent } from "../flows/station.ts";
import type { EvidenceEvent } from "./event.ts";

/** The face of `Evidence` that running cases needs. */
export interface Recorder {
  readonly record: RecordEvent;
  write(event: EvidenceEvent, caseId?: string): number;
  enter(caseId: string | undefined): void;
  flush(): Promise<void>;
  /** Whether somebody can read later what was written; absent where nothing is kept. */
  readonly keeps?: true | undefined;
  readonly failure: Promise<PursebenchError>;
  readonly broken: PursebenchError | undefined;
}

/** Counts events and keeps none, for runs that only want the verdicts (mutants). */
export function discardEvents(): Recorder {
  let n = 0;
  return {
    record: (event, moment) => ({ ...event, n: ++n, atMs: moment.atMs }),
    write: () => ++n,
    enter: () => undefined,
    flush: async () => undefined,
    failure: new Promise(() => undefined),
    broken: undefined,
  };
}
