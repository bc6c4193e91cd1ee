import { readEvents } from "./reader.ts";

/** How far a run came. */
export interface Stopped {
  /** Whole lines of evidence; what was broken off within a line is not counted. */
  readonly lines: number;
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
  let lines = 0;
  let during: string | undefined;
  let complete = false;
  let interrupted: string | undefined;
  for await (const { n, caseId, event } of readEvents(dir)) {
    lines = n;
    complete = event.kind === "run-end";
    if (event.kind === "interrupted") interrupted = event.reason;
    if (event.kind === "resumed") interrupted = during = undefined;
    if (event.kind === "case-start") during = caseId;
    if (event.kind !== "case-end" || caseId === undefined) continue;
    done.add(caseId);
    if (during === caseId) during = undefined;
  }
  return { lines, during, done, complete, interrupted };
}
