/** What stands in the file of a lock. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { identify, isAlive, processIdentity } from "../../core/process-identity.ts";

export const LockRecord = z.object({
  format: z.literal("pursebench-lock/1"),
  /** What is locked: "serial:/dev/ttyUSB0". */
  name: z.string(),
  /** For people: "nightly job reference-card". */
  holder: z.string(),
  /** Known to the programs that the holder starts: for them the lock is theirs. */
  token: z.string(),
  host: z.string(),
  /** Numbers of processes mean something until the next start of the machine. */
  bootId: z.string(),
  /** Who uses the device: the holder, and programs that it has started. */
  processes: z.array(processIdentity),
  /** ISO 8601 UTC. */
  since: z.string(),
  expires: z.string(),
  released: z.boolean(),
});
export type LockRecord = z.output<typeof LockRecord>;

export function thisHost(): { readonly host: string; readonly bootId: string } {
  return { host: hostname(), bootId: bootId() };
}

/** Whether that lock is held at `now`: not released, not expired, and one of its processes lives as far as can be seen from here. */
export function isHeld(record: LockRecord, now: Date): boolean {
  if (record.released || Date.parse(record.expires) <= now.getTime()) return false;
  const here = thisHost();
  if (record.host !== here.host) return true; // nobody can look there: its expiry decides
  return record.bootId === here.bootId && record.processes.some(isAlive);
}

/** For people who wait: who, which process, since when. */
export function holderText({ holder, host, processes, since }: LockRecord): string {
  const pid = processes[0]?.pid;
  return `${holder} (process ${pid ?? "unknown"} on ${host}, since ${since.slice(0, 19).replace("T", " ")} UTC)`;
}

/** This process, as a record names it. */
export function ownIdentity(): LockRecord["processes"][number] {
  return identify(process.pid) ?? { pid: process.pid, startTicks: "0" };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "unknown";
  }
}
