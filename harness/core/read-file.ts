import { readFileSync, statSync } from "node:fs";

/**
 * The bytes of the regular file at `path`, at most `most` of them. A device or a pipe, which may have no end or keep its
 * reader waiting, is refused like a file that is longer: with an `Error` that says so, before anything is read.
 */
export function readBoundedFile(path: string, most: number): Buffer {
  const about = statSync(path);
  if (!about.isFile()) throw new Error(`${about.isDirectory() ? "a directory" : "a device or pipe"}, not a file`);
  if (about.size > most) throw new Error(`${about.size} bytes, at most ${most} are read`);
  return readFileSync(path);
}
