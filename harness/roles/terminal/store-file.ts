import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { EMPTY_MEMORY, type TerminalMemory } from "./state.ts";
import type { TerminalStore } from "./store.ts";
import { encodeStoreText, parseStoreText } from "./store-text.ts";

/** More than a full data store takes, in bytes. */
const MOST_BYTES = 1_048_576;

/**
 * Keeps it in the file at `path`, which need not exist. Each save replaces the whole file at once and is on the disk when
 * it returns: a process that is killed leaves what was before or what was saved. One process at a time may use it. Both
 * calls throw `STORAGE`.
 */
export function fileStore(path: string): TerminalStore {
  return {
    load: () => guarded(path, () => load(path)),
    save: (memory) => guarded(path, () => replace(path, encodeStoreText(memory))),
  };
}

function load(path: string): TerminalMemory {
  if (!existsSync(path)) return EMPTY_MEMORY;
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${size} bytes are more than a data store has`);
  return parseStoreText(readFileSync(path, "utf8"), path);
}

function replace(path: string, text: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  keepName(dirname(path));
}

/** The new name is on the disk as well. */
function keepName(folder: string): void {
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof PursebenchError) throw thrown;
    throw new PursebenchError("STORAGE", `data store ${path}: ${messageOf(thrown)}`, {
      owner: "terminal",
      mend: "name a file in a folder that can be written, on a disk with space left",
      cause: thrown,
    });
  }
}
