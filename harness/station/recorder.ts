import type { Clock } from "../core/clock.ts";
import type { TraceEvent, TraceSink } from "../core/trace.ts";
import { momentOf, type RecordEvent } from "../flows/station.ts";
import type { RecordedEvent } from "../flows/system.ts";

/** What one system did, in order: kept for its case, and passed on to the evidence as it happens. */
export class Recorder {
  readonly #events: RecordedEvent[] = [];
  readonly #clock: Clock;
  readonly #record: RecordEvent;
  readonly #caseId: string | undefined;
  readonly #keeps: boolean;

  /** `keeps` false: everything is passed on and forgotten. */
  constructor(clock: Clock, record: RecordEvent, caseId: string | undefined, keeps = true) {
    this.#clock = clock;
    this.#record = record;
    this.#caseId = caseId;
    this.#keeps = keeps;
  }

  readonly sink: TraceSink = (event: TraceEvent) => {
    const recorded = this.#record(event, momentOf(this.#clock), this.#caseId);
    if (this.#keeps) this.#events.push(recorded);
  };

  /** Events with a number above `since`, oldest first. */
  since(since = 0): readonly RecordedEvent[] {
    return this.#events.slice(this.#events.findLastIndex((event) => event.n <= since) + 1);
  }

  /** Number of the newest event of this system; 0 before the first. */
  get last(): number {
    return this.#events.at(-1)?.n ?? 0;
  }
}

/** A record that is kept nowhere else: for mutants, benchmarks and tests. */
export function countingRecord(): RecordEvent {
  let n = 0;
  return (event, moment) => ({ ...event, n: ++n, atMs: moment.atMs });
}
