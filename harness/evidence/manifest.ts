/**
 * `manifest.json`: every file of a closed run, with length and SHA-256. Its text is fixed to the byte, one line for each file,
 * and its last member is the SHA-256 of the text before it, so that a changed manifest is told from a changed file.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import type { HeldFile } from "./directory-files.ts";
import { EVENTS_FILE } from "./run-directory.ts";

export const MANIFEST_FILE = "manifest.json";

const Manifest = z.strictObject({
  format: z.literal("pursebench-manifest/1"),
  /** Fingerprint of the key that seals the run; null: nobody signed it. */
  sealedBy: z.string().nullable(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      /** Length. */
      bytes: z.int().nonnegative(),
      sha256: z.string(),
      /** `FileDigest.marks` of a text. */
      lines: z.string().optional(),
    }),
  ),
  sha256: z.string(),
});

export type Manifest = z.infer<typeof Manifest>;
export type ManifestEntry = Manifest["files"][number];

/** The line of a file in the manifest. */
export function entryOf({ path, bytes, sha256, marks, binary }: HeldFile): ManifestEntry {
  const isMarked = !binary && marks !== "" && path !== EVENTS_FILE; // there, the chain tells the line
  return { path, bytes, sha256, ...(isMarked ? { lines: marks } : {}) };
}

/** The bytes of the manifest of `files`, which are sorted. */
export function manifestText(files: readonly ManifestEntry[], sealedBy: string | null): string {
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(",\n");
  const before = `{
  "format": "pursebench-manifest/1",
  "sealedBy": ${JSON.stringify(sealedBy)},
  "files": [
${lines}
  ],
`;
  return `${before}  "sha256": "${createHash("sha256").update(before).digest("hex")}"\n}\n`;
}

/** Reads the text of a manifest; a string says why it is none, or not as it was written. */
export function parseManifest(text: string): Manifest | string {
  let manifest: Manifest;
  try {
    manifest = Manifest.parse(JSON.parse(text));
  } catch (thrown) {
    return `is no manifest: ${messageOf(thrown).split("\n")[0]}`;
  }
  return manifestText(manifest.files, manifest.sealedBy) === text ? manifest : "does not match the digest at its end";
}
