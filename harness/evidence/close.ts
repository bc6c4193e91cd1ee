import { createHash, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { PursebenchError } from "../core/errors.ts";
import { changeSinceClosing, mayReplaceSeal, reopenRunDirectory } from "./earlier-closing.ts";
import { heldFiles } from "./inventory.ts";
import { fingerprint } from "./keys.ts";
import { entryOf, MANIFEST_FILE, manifestText } from "./manifest.ts";
import { LOCK_FILE, lockRun } from "./run-lock.ts";
import { SEAL_FILE, sealText } from "./seal.ts";
import { verifyChain } from "./verify-chain.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * Closes the directory of a run that has ended: writes `manifest.json` over all that is in it by then, results and reports, and
 * with a `key` `seal.json`. To be done again after anything in it was made anew. Rejects with `USAGE` for a run that has not
 * ended, evidence that is damaged or not that of an earlier closing, a link or device in the directory, or a seal of another key
 * than `key`; with `STORAGE`.
 */
export async function closeRunDirectory(dir: string, key?: KeyObject): Promise<void> {
  mayReplaceSeal(dir, key);
  const { files, run, head, lines } = await withLock(dir, () => survey(dir));
  const manifest = manifestText(files.map(entryOf), key ? fingerprint(key) : null);
  writeWhole(join(dir, MANIFEST_FILE), manifest);
  if (!key) return;
  const sha256 = createHash("sha256").update(manifest).digest("hex");
  writeWhole(join(dir, SEAL_FILE), sealText({ head, lines, run, manifest: sha256 }, key));
}

async function withLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  using _lock = lockRun(dir);
  return await work();
}

/** What manifest and seal will speak of; what an earlier closing left is taken away. */
async function survey(dir: string) {
  const chain = await verifyChain(dir);
  if (chain.damage) throw unclosable(`${chain.damage.file}:${chain.damage.line ?? 1} ${chain.damage.what}`);
  if (!chain.isClosed || chain.torn) {
    throw unclosable(`the run in ${dir} broke off after line ${chain.lines}`, `pursebench certify --resume ${dir}`);
  }
  const change = await changeSinceClosing(dir, chain);
  if (change !== undefined) throw unclosable(change);
  reopenRunDirectory(dir);
  const { files, unholdable } = await heldFiles(dir);
  const [odd] = unholdable;
  if (odd) throw unclosable(`${join(dir, odd.path)} ${odd.what}`, "remove it");
  return { ...chain, files: files.filter(({ path }) => path !== LOCK_FILE) };
}

function unclosable(what: string, mend = "keep this directory apart: its evidence is damaged"): PursebenchError {
  return new PursebenchError("USAGE", `${what}: this run cannot be closed`, { mend });
}
