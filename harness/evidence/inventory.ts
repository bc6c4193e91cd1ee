import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAbsent, messageOf } from "../core/errors.ts";
import { directoryFiles, type HeldFile, type Unholdable } from "./directory-files.ts";
import { firstDifference } from "./file-digest.ts";
import { entryOf, MANIFEST_FILE, type Manifest, manifestText, parseManifest } from "./manifest.ts";
import { SEAL_FILE } from "./seal.ts";
import type { Damage } from "./verify-chain.ts";

/** The files of a run directory, held against its manifest. */
export interface Inventory {
  /** Absent where the manifest is not as it was written. */
  readonly manifest?: Manifest | undefined;
  /** SHA-256 of `manifest.json`. */
  readonly sha256: string;
  readonly damage: readonly Damage[];
}

/** What a run directory holds besides manifest and seal, which speak of it. */
export async function heldFiles(
  dir: string,
): Promise<{ readonly files: readonly HeldFile[]; readonly unholdable: readonly Unholdable[] }> {
  return await directoryFiles(dir, (path) => path === MANIFEST_FILE || path === SEAL_FILE);
}

/** Undefined where there is no manifest: the run was not closed. `sealer` is the fingerprint in the seal. Never rejects. */
export async function takeInventory(dir: string, sealer: string | undefined): Promise<Inventory | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(dir, MANIFEST_FILE));
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    return { sha256: "", damage: [{ file: MANIFEST_FILE, what: `cannot be read: ${messageOf(thrown)}` }] };
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { files, unholdable } = await heldFiles(dir);
  const odd = unholdable.map(({ path, what }) => ({ file: path, what }));
  const text = bytes.toString("utf8");
  const manifest = parseManifest(text);
  if (typeof manifest !== "string") {
    return { manifest, sha256, damage: [...odd, ...differences(manifest, files)] };
  }
  const line = differingLine(manifestText(files.map(entryOf), sealer ?? null), text);
  return { sha256, damage: [{ file: MANIFEST_FILE, line, what: manifest }, ...odd] };
}

function differences(manifest: Manifest, files: readonly HeldFile[]): Damage[] {
  const there = new Map(files.map((file) => [file.path, file]));
  const known = new Set(manifest.files.map(({ path }) => path));
  const lost = manifest.files.flatMap(({ path, sha256, bytes, lines }): Damage[] => {
    const file = there.get(path);
    if (!file) return [{ file: path, what: "is missing" }];
    if (file.sha256 === sha256 && file.bytes === bytes) return [];
    const line = lines === undefined ? undefined : firstDifference(lines, file.marks);
    return [{ file: path, line, what: "was changed after the run was closed" }];
  });
  const added = files.filter(({ path }) => !known.has(path));
  return [...lost, ...added.map(({ path }) => ({ file: path, what: "was added after the run was closed" }))];
}

/** The first line, counted from 1, in which two texts differ. */
export function differingLine(left: string, right: string): number {
  const others = right.split("\n");
  return left.split("\n").findIndex((line, index) => line !== others[index]) + 1 || others.length;
}
