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

/** For a server that waits for its next client: no moment, and no timer that virtual time could jump to. */
export function noDeadline(clock: Clock): Deadline {
  return { clock, atMs: Number.POSITIVE_INFINITY };
}

/** Milliseconds left, never below zero; infinite without a deadline. */
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
  if (deadline.atMs === Number.POSITIVE_INFINITY) return await work;
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
