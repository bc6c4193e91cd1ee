import type { Clock } from "./clock.ts";
import { type Owner, PursebenchError } from "./errors.ts";

/** A moment by which something must have happened. Passed down, never restarted by the layers below. */
export interface Deadline {
  readonly clock: Clock;
  readonly atMs: number;
}

export function deadlineIn(clock: Clock, milliseconds: number): Deadline {
  return { clock, atMs: clock.monotonicMs() + milliseconds };
}

/** Milliseconds left, never below zero. */
export function remainingMs(deadline: Deadline): number {
  return Math.max(0, deadline.atMs - deadline.clock.monotonicMs());
}

/**
 * `work`, or a `DEVICE_SILENT` error naming `who` when the deadline passes first.
 * The work itself is not stopped: whoever started it must be able to forget its late result.
 */
export async function within<T>(
  deadline: Deadline,
  work: Promise<T>,
  who: { what: string; owner: Owner; mend?: string },
): Promise<T> {
  const timer = deadline.clock.timer(remainingMs(deadline));
  try {
    return await Promise.race([
      work,
      timer.elapsed.then(() => {
        throw new PursebenchError("DEVICE_SILENT", `${who.what} gave no answer before its deadline`, who);
      }),
    ]);
  } finally {
    timer.cancel();
    work.catch(() => undefined); // a late failure of forgotten work is nobody's news
  }
}
