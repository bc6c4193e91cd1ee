/** What two processes hold on to: this one, and the lab's daemon. */
import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Footprint {
  /** Open files of this process. */
  readonly files: number;
  /** What keeps this process's event loop busy: sockets, timers, requests. */
  readonly resources: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly labFiles: number;
  readonly labResidentBytes: number;
}

/** After everything that nobody reaches any more was collected. */
export function footprint(labPid: number, collect: () => void): Footprint {
  collect();
  return {
    files: openFiles("self"),
    resources: process.getActiveResourcesInfo().length,
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage.rss(),
    labFiles: openFiles(labPid),
    labResidentBytes: residentBytes(labPid),
  };
}

/** V8's collector, which a program gets only when it asks for it. */
export function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  return () => {
    if (typeof gc === "function") gc();
  };
}

function openFiles(pid: number | "self"): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentBytes(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
