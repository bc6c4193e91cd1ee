import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { digestFile, type FileDigest } from "./file-digest.ts";

/** A file of a run directory. */
export interface HeldFile extends FileDigest {
  /** From the run directory, with `/`; of a folder in which nothing is, with `/` at its end. */
  readonly path: string;
}

/** Something of which nobody can say what it holds. */
export interface Unholdable {
  readonly path: string;
  readonly what: string;
}

const EMPTY: FileDigest = {
  bytes: 0,
  sha256: createHash("sha256").digest("hex"),
  marks: "",
  binary: true,
};

/** All files under `dir` but those that `isLeftOut`, by path in the order of their UTF-16 code units. Never rejects. */
export async function directoryFiles(
  dir: string,
  isLeftOut: (path: string) => boolean,
): Promise<{ readonly files: readonly HeldFile[]; readonly unholdable: readonly Unholdable[] }> {
  const files: HeldFile[] = [];
  const unholdable: Unholdable[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const names = await namesIn(join(dir, folder));
    if (typeof names === "string") {
      unholdable.push({ path: folder, what: names });
      continue;
    }
    if (names.length === 0 && folder !== "") files.push({ path: folder, ...EMPTY });
    for (const name of names) {
      const path = folder + name;
      if (isLeftOut(path)) continue;
      const found = await look(join(dir, path));
      if (found === "folder") folders.push(`${path}/`);
      else if (typeof found === "string") unholdable.push({ path, what: found });
      else files.push({ path, ...found });
    }
  }
  files.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { files, unholdable };
}

async function namesIn(folder: string): Promise<readonly string[] | string> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    return `cannot be read: ${messageOf(thrown)}`;
  }
}

/** What is at `path`; a word other than "folder" says why it cannot be held. */
async function look(path: string): Promise<FileDigest | string> {
  try {
    const about = await lstat(path);
    if (about.isDirectory()) return "folder";
    if (about.isSymbolicLink()) return "is a symbolic link, which belongs into no run";
    if (!about.isFile()) return "is a device, pipe or socket, which belongs into no run";
    return await digestFile(path);
  } catch (thrown) {
    return `cannot be read: ${messageOf(thrown)}`;
  }
}
