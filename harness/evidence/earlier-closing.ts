/** What manifest and seal of an earlier closing allow: to close anew must not make good what was changed since. */
import type { KeyObject } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PursebenchError } from "../core/errors.ts";
import { digestFile } from "./file-digest.ts";
import { fingerprint } from "./keys.ts";
import { MANIFEST_FILE, parseManifest } from "./manifest.ts";
import { EVENTS_FILE, RUN_FILE } from "./run-directory.ts";
import { SEAL_FILE, sealDamage, sealKey, sealMember } from "./seal.ts";
import type { Chain } from "./verify-chain.ts";
import { UNFINISHED } from "./write-whole.ts";

/** Throws `USAGE` where the run is sealed, unless `key` is the one that sealed it: it can be sealed again then. */
export function mayReplaceSeal(dir: string, key: KeyObject | undefined): void {
  const sealer = sealKey(textOf(dir, SEAL_FILE) ?? "");
  if (!sealer && !existsSync(join(dir, SEAL_FILE))) return;
  const name = sealer ? fingerprint(sealer) : "a key that cannot be read any more";
  if (sealer && key && fingerprint(key) === name) return;
  const found = key ? `, and --sign gives the key ${fingerprint(key)}` : "";
  throw new PursebenchError("USAGE", `the run in ${dir} is sealed by ${name}${found}`, {
    mend: "seal it again with --sign and the same key, or leave it as it is (report --out makes the reports elsewhere)",
  });
}

/** Why `run.json` and events of a run whose chain holds are not those that were closed; undefined when they are. */
export async function changeSinceClosing(dir: string, chain: Chain): Promise<string | undefined> {
  const seal = textOf(dir, SEAL_FILE);
  const sealer = sealKey(seal ?? "");
  if (seal !== undefined && sealer) {
    const damage = sealDamage(seal, { ...chain, manifest: sealMember(seal, "manifest") ?? "" }, fingerprint(sealer));
    if (damage) return `${SEAL_FILE}:${damage.line ?? 1} ${damage.what}`;
  }
  const text = textOf(dir, MANIFEST_FILE);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (typeof manifest === "string") return `${MANIFEST_FILE} ${manifest}`;
  for (const name of [RUN_FILE, EVENTS_FILE]) {
    const { sha256 } = await digestFile(join(dir, name));
    if (manifest.files.find(({ path }) => path === name)?.sha256 !== sha256) return `${name} was changed since`;
  }
  return undefined;
}

/** Takes manifest and seal away, for the run goes on or is closed anew. */
export function reopenRunDirectory(dir: string): void {
  // Seal first: a directory with neither is one to go on with, a seal without its manifest is damage.
  for (const name of [SEAL_FILE, MANIFEST_FILE]) {
    rmSync(join(dir, `${name}${UNFINISHED}`), { force: true });
    rmSync(join(dir, name), { force: true });
  }
}

function textOf(dir: string, name: string): string | undefined {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
