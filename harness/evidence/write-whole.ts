import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { messageOf } from "../core/errors.ts";
import { storageError } from "./storage-error.ts";

/** What is being written, until it has its name. */
export const UNFINISHED = ".unfinished";

/**
 * Writes a file that is there either wholly, and survives a power cut, or as it was before. What a crash leaves beside it
 * has the ending `UNFINISHED` and is overwritten the next time. Throws `STORAGE`.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}${UNFINISHED}`;
  try {
    writeFileSync(unfinished, content, { flush: true });
    renameSync(unfinished, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    throw storageError(`${path} cannot be written: ${messageOf(cause)}`, cause);
  }
}

/** Whether a file of that name is what a crash left of `writeWhole`. */
export function isUnfinished(path: string): boolean {
  return basename(path).endsWith(UNFINISHED);
}

/** Makes names that were made, changed or removed in `dir` survive a power cut. */
export function syncDirectory(dir: string): void {
  const descriptor = openSync(dir, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
