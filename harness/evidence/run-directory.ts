import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { toHex } from "../core/bytes.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { RunIdentification } from "./run-identification.ts";
import { storageError } from "./storage-error.ts";
import { writeWhole } from "./write-whole.ts";

export { storageError };

export const RUN_FILE = "run.json";
export const EVENTS_FILE = "events.jsonl";
export const RESULTS_FILE = "results.json";

/** Where run directories go when nobody says otherwise, below the working directory. */
export const DEFAULT_RUNS = "reports/runs";

/** A name that sorts by time: "20260802T101530Z-3FA09C". */
export function newRunName(started: Date, random: Random): string {
  const stamp = started.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${toHex(random(3))}`;
}

/**
 * Makes the directory of a run. One that exists and is not empty is refused with `USAGE`, since evidence of another run
 * may lie there; one that cannot be made is `STORAGE`.
 */
export function createRunDirectory(path: string): string {
  const dir = resolve(path);
  let entries: readonly string[];
  try {
    makeDirectory(dir);
    entries = readdirSync(dir);
  } catch (cause) {
    throw storageError(`the run directory ${dir} cannot be made: ${messageOf(cause)}`, cause);
  }
  if (entries.length === 0) return dir;
  throw new PursebenchError("USAGE", `the run directory ${dir} is not empty (found ${entries[0]})`, {
    mend: "name a directory that does not exist yet, or leave --out away",
  });
}

/** With those above it. (Node 20 never returns from its own recursive way where a file system takes no directories, as /proc.) */
function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  makeDirectory(dirname(dir));
  mkdirSync(dir);
}

/** Writes `run.json` so that it survives a power cut; one that is there is never overwritten. Returns its bytes. */
export function writeIdentification(dir: string, run: RunIdentification): Buffer {
  const path = join(dir, RUN_FILE);
  const bytes = Buffer.from(`${JSON.stringify(run, null, 2)}\n`, "utf8");
  if (existsSync(path)) throw storageError(`${path} is there already: it belongs to another run`);
  writeWhole(path, bytes);
  return bytes;
}
