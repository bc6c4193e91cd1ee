/**
 * Which process a number means. Numbers are used again, so a process is named by number and start time (field 22 of
 * /proc/PID/stat, in clock ticks since boot), and nothing is ever signalled by number alone. Linux only, as pcscd is.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

export const processIdentity = z.object({ pid: z.number().int().positive(), startTicks: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentity>;

/** The process that has number `pid` now; `undefined` when none has, or when it is dead and merely not yet collected. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  const [state] = fields;
  const startTicks = fields[19]; // field 22 of the line; `fields` starts with field 3
  if (state === undefined || startTicks === undefined || state === "Z" || state === "X") return undefined;
  return { pid, startTicks };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}

/** Sends `signal` if that very process is still there. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (thrown) {
    if (isAlive(identity)) throw thrown; // else it ended in between, which is what was wanted
  }
}

function statFields(pid: number): string[] {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    return line.slice(line.lastIndexOf(")") + 2).split(" "); // the name in parentheses may hold anything
  } catch {
    return []; // no such process
  }
}
