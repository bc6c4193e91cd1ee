/**
 * Who writes a run. `run.lock` is there as long as a process adds to the evidence of the directory or closes it; it names that
 * process so that what a crash leaves is told from a run that is under way.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { identify, isAlive, processIdentity } from "../core/process-identity.ts";
import { storageError } from "./storage-error.ts";

export const LOCK_FILE = "run.lock";
/** A lock that says nothing is being written, or its writer died while it was; this long after, it is the latter. */
const WRITTEN_WITHIN_MS = 2_000;

const Holder = z.object({
  process: processIdentity,
  /** `/proc/sys/kernel/random/boot_id`: another after every start of the machine. */
  boot: z.string(),
  host: z.string(),
});
type Holder = z.infer<typeof Holder>;

/** Takes the run in `dir`. Throws `USAGE` while another process, or this one, has it, `STORAGE` where nothing can be written. */
export function lockRun(dir: string): Disposable {
  const path = join(dir, LOCK_FILE);
  const own = JSON.stringify(ownName());
  for (let attempt = 0; attempt < 2; attempt++) {
    if (create(path, own)) return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
    const holder = livingHolder(path);
    if (holder !== undefined) throw busy(dir, holder);
    takeAway(path);
  }
  throw busy(dir, "another process");
}

/** Who writes the run in `dir` just now, in words. */
export function writerOf(dir: string): string | undefined {
  return livingHolder(join(dir, LOCK_FILE));
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw storageError(`${path} cannot be written: ${messageOf(thrown)}`, thrown);
  }
}

/** Undefined when whoever took the lock is no more. */
function livingHolder(path: string): string | undefined {
  const holder = read(path);
  if (holder === undefined) return ageMs(path) < WRITTEN_WITHIN_MS ? "another process" : undefined;
  const { process, boot, host } = holder;
  if (boot === bootId()) return isAlive(process) ? `process ${process.pid}` : undefined;
  if (host === hostname()) return undefined; // this machine, before it was started anew
  return `process ${process.pid} on ${host}; if that is no more, remove ${path}`;
}

function read(path: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Since it was written, by the calendar; endless when it is not there. */
function ageMs(path: string): number {
  const about = statSync(path, { throwIfNoEntry: false });
  return about ? Date.now() - about.mtimeMs : Number.POSITIVE_INFINITY;
}

/** Puts a dead process's lock aside. Where somebody was quicker and it is a living one's by now, that gets it back. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (livingHolder(aside) !== undefined) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT" && codeOf(thrown) !== "EEXIST") throw thrown;
  }
}

function ownName(): Holder {
  return { process: identify(process.pid) ?? { pid: process.pid, startTicks: "" }, boot: bootId(), host: hostname() };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "";
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

function busy(dir: string, holder: string): PursebenchError {
  return new PursebenchError("USAGE", `the run in ${dir} is being written by ${holder}`, {
    mend: "wait until it has ended, or name another directory",
  });
}
