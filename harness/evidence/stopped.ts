import { readEvents } from "./reader.ts";

/** How far a run came. */
export interface Stopped {
  /** Whole lines of evidence; what was broken off within a line is not counted. */
  readonly lines: number;
  /** Time of the last line, as `EvidenceLine` has it; 0 and undefined when there is none. */
  readonly at: number;
  readonly wall?: string | undefined;
  /** The case that was under way. */
  readonly during?: string | undefined;
  /** Cases that came to an end, reruns with their own ids ("ID/again") among them. */
  readonly done: ReadonlySet<string>;
  /** The last line closes the run. */
  readonly complete: boolean;
  /** Why it was interrupted, if it was and has not gone on since. */
  readonly interrupted?: string | undefined;
}

/** Rejects with `USAGE` where the directory holds no run, or lines that are none of evidence. */
export async function readStopped(dir: string): Promise<Stopped> {
  const done = new Set<string>();
  let last: { readonly n: number; readonly at: number; readonly wall?: string } = { n: 0, at: 0 };
  let during: string | undefined;
  let complete = false;
  let interrupted: string | undefined;
  for await (const line of readEvents(dir)) {
    const { caseId, event } = line;
    last = line;
    complete = event.kind === "run-end";
    if (event.kind === "interrupted") interrupted = event.reason;
    if (event.kind === "resumed") interrupted = during = undefined;
    if (event.kind === "case-start") during = caseId;
    if (event.kind !== "case-end" || caseId === undefined) continue;
    done.add(caseId);
    if (during === caseId) during = undefined;
  }
  const { n: lines, at, wall } = last;
  return { lines, at, wall, during, done, complete, interrupted };
}
