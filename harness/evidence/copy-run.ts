import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { readRun } from "./reader.ts";
import { createRunDirectory, EVENTS_FILE, RUN_FILE, storageError } from "./run-directory.ts";

/**
 * Copies the evidence of the run in `dir` to `path`, a new or empty directory, and with it what reports need besides. Resolves
 * with the new directory. Rejects with `USAGE` and `STORAGE`.
 */
export async function copyEvidence(dir: string, path: string): Promise<string> {
  const { laboratory } = await readRun(dir);
  const logo = laboratory?.logo?.file;
  const copy = createRunDirectory(path);
  try {
    for (const name of [RUN_FILE, EVENTS_FILE, ...(logo === undefined ? [] : [basename(logo)])]) {
      await copyFile(join(dir, name), join(copy, name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
  } catch (cause) {
    throw storageError(`the run cannot be copied to ${copy}: ${messageOf(cause)}`, cause);
  }
  return copy;
}
