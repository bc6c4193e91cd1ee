import type { Clock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { isAlive, type ProcessIdentity, signal } from "../../core/process-identity.ts";

const LOOK_AGAIN_MS = 10;
const PATIENCE_MS = 3000;

/**
 * Ends a process that is not our child: asks, then forces. Resolves when it is gone.
 * Nobody is told of the end of a foreign process, so this looks again every 10 ms, within a bound.
 */
export async function endForeignProcess(identity: ProcessIdentity, what: string, clock: Clock): Promise<void> {
  signal(identity, "SIGTERM");
  if (await isGoneWithin(identity, PATIENCE_MS / 3, clock)) return;
  signal(identity, "SIGKILL");
  if (await isGoneWithin(identity, PATIENCE_MS, clock)) return;
  throw new PursebenchError("DEVICE_BUSY", `${what} (process ${identity.pid}) does not end`, {
    mend: `end process ${identity.pid} by hand`,
  });
}

async function isGoneWithin(identity: ProcessIdentity, milliseconds: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonicMs() + milliseconds;
  while (isAlive(identity)) {
    if (clock.monotonicMs() >= until) return false;
    await clock.timer(LOOK_AGAIN_MS).elapsed;
  }
  return true;
}
