import { createHash, hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../../suites/define/case.ts";
import type { Bench } from "../bench/schema.ts";

/** SHA-256, hex, over names and bytes of all files below `folder`, in the order of their names. */
export function digestOfFolder(folder: string): string {
  const digest = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort())
    digest
      .update(`${file.slice(folder.length)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return digest.digest("hex");
}

/** SHA-256, hex, over what the cases say of themselves and the text of what they do. */
export function digestOfCases(cases: readonly Case[]): string {
  const digest = createHash("sha256");
  for (const { run, applies, ...data } of cases) {
    digest.update(`${JSON.stringify(data)}\0${run.toString()}\0${applies?.toString() ?? ""}\0`);
  }
  return digest.digest("hex");
}

export function digestOfFile(path: string): string {
  return hash("sha256", readFileSync(path), "hex");
}

/** SHA-256, hex, over a bench description as it is used, and over the bytes of its key set; where that lies does not count. */
export function digestOfBench({ keys, ...bench }: Bench): string {
  const digest = createHash("sha256").update(JSON.stringify(bench));
  if (keys !== undefined) digest.update("\0").update(readFileSync(keys));
  return digest.digest("hex");
}
