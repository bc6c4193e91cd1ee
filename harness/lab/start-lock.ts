import { type Deadline, remainingMs } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { LabPaths } from "./paths.ts";
import { tryLock } from "./process-lock.ts";

const LOOK_AGAIN_MS = 20;

/**
 * Lets one process at a time start or end a lab. The lock is a file beside the lab's directory. Nobody is told when a file
 * goes, so a second comer looks again until its deadline. `DEVICE_BUSY` past it.
 */
export async function takeStartLock(paths: LabPaths, deadline: Deadline): Promise<AsyncDisposable> {
  const path = `${paths.directory}.lock`;
  for (;;) {
    const lock = await tryLock(path);
    if (lock) return lock;
    if (remainingMs(deadline) === 0) {
      throw new PursebenchError("DEVICE_BUSY", `another process is starting or ending the lab (${path})`, {
        mend: "wait for it, or end it",
      });
    }
    await deadline.clock.timer(LOOK_AGAIN_MS).elapsed;
  }
}
