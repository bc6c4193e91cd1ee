import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { deriveResults, resultsText } from "./derive.ts";
import { differingLine, type Inventory, takeInventory } from "./inventory.ts";
import { fingerprint } from "./keys.ts";
import { MANIFEST_FILE } from "./manifest.ts";
import { EVENTS_FILE, RESULTS_FILE, RUN_FILE } from "./run-directory.ts";
import { writerOf } from "./run-lock.ts";
import { SEAL_FILE, sealDamage, sealKey } from "./seal.ts";
import { readStopped } from "./stopped.ts";
import { type Chain, type Damage, verifyChain } from "./verify-chain.ts";

export type { Damage } from "./verify-chain.ts";

export interface Verification {
  readonly ok: boolean;
  /** Lines whose place in the chain was proved. */
  readonly lines: number;
  /** Hash of the last of them: whoever keeps it elsewhere can tell later that nothing was rewritten as a whole. */
  readonly head: string;
  /** Fingerprint of the key whose seal holds; absent where there is none. */
  readonly sealedBy?: string | undefined;
  /** The run broke off and can go on (`certify --resume`); `during` is the case that was under way. */
  readonly stopped?: { readonly during?: string | undefined } | undefined;
  readonly damage: readonly Damage[];
}

/**
 * Checks a run directory offline: nothing changed, removed, added, reordered or cut off, in no file; the seal fits, if there is
 * one. With a `trusted` public key the run has to be sealed with that. Never rejects for damage.
 */
export async function verifyRun(dir: string, trusted?: KeyObject): Promise<Verification> {
  const chain = await verifyChain(dir);
  const seal = await readFile(join(dir, SEAL_FILE), "utf8").catch(() => undefined);
  const sealer = seal === undefined ? undefined : sealKey(seal);
  const inventory = await takeInventory(dir, sealer && fingerprint(sealer));
  const { lines, head } = chain;
  if (!inventory) return { ok: false, lines, head, ...(await unclosed(dir, chain, seal !== undefined)) };
  const damage = fileDamage(chain, inventory);
  const soundRun = !damage.some(({ file }) => [RUN_FILE, EVENTS_FILE, MANIFEST_FILE].includes(file));
  if (soundRun) damage.push(...sealTrouble(seal, chain, inventory, trusted));
  if (damage.length === 0) damage.push(...(await resultsDamage(dir)));
  const sealedBy = damage.length === 0 ? (inventory.manifest?.sealedBy ?? undefined) : undefined;
  return { ok: damage.length === 0, lines, head, ...(sealedBy === undefined ? {} : { sealedBy }), damage };
}

/** A directory without manifest: the run broke off, or somebody took the manifest away. */
async function unclosed(
  dir: string,
  chain: Chain,
  isSealed: boolean,
): Promise<Pick<Verification, "damage" | "stopped">> {
  if (chain.damage) return { damage: [chain.damage] };
  if (isSealed) return { damage: [{ file: MANIFEST_FILE, what: `is missing, and ${SEAL_FILE} is there` }] };
  if (chain.isClosed && !chain.torn) {
    const what = "is missing: it was removed, or the run was stopped while its reports were made";
    return { damage: [{ file: MANIFEST_FILE, what }, ...(await resultsDamage(dir))] };
  }
  const writer = writerOf(dir);
  if (writer !== undefined) {
    return { damage: [...chainDamage(chain, `the run is under way and still being written by ${writer}`)] };
  }
  const { during } = await readStopped(dir);
  const where = during === undefined ? "between cases" : `during ${during}`;
  return { stopped: { during }, damage: [...chainDamage(chain, `the run broke off here, ${where}`)] };
}

/** What manifest and chain say of the files, each in its place. */
function fileDamage(chain: Chain, { damage }: Inventory): Damage[] {
  const changed = (name: string) => damage.some(({ file }) => file === name);
  // A changed run.json is told as such, not as the first line of events that does not follow from it.
  const isOnlyRun = changed(RUN_FILE) && !changed(EVENTS_FILE);
  const ofChain = isOnlyRun ? [] : [...chainDamage(chain, "lines were cut from the end")];
  return ofChain.length === 0 ? [...damage] : [...ofChain, ...damage.filter(({ file }) => file !== EVENTS_FILE)];
}

function* chainDamage({ damage, torn, isClosed, lines }: Chain, why: string): Generator<Damage> {
  if (damage) yield damage;
  else if (torn) yield { file: EVENTS_FILE, line: lines + 1, what: `has no end: ${why}` };
  else if (!isClosed) yield { file: EVENTS_FILE, line: lines + 1, what: `is missing: ${why}` };
}

/** `run.json`, events and manifest are as they were written. */
function sealTrouble(
  text: string | undefined,
  { head, lines, run }: Chain,
  { manifest, sha256 }: Inventory,
  trusted: KeyObject | undefined,
): Damage[] {
  const sealedBy = manifest?.sealedBy ?? null;
  if (text === undefined) {
    if (sealedBy !== null) return [{ file: SEAL_FILE, what: `is missing: the run was sealed by ${sealedBy}` }];
    return trusted ? [{ file: SEAL_FILE, what: "is missing: the run is not signed" }] : [];
  }
  if (sealedBy === null) return [{ file: SEAL_FILE, what: "was added: the run was closed without a seal" }];
  const damage = sealDamage(text, { head, lines, run, manifest: sha256 }, sealedBy, trusted);
  return damage ? [{ file: SEAL_FILE, ...damage }] : [];
}

async function resultsDamage(dir: string): Promise<Damage[]> {
  try {
    const [derived, kept] = await Promise.all([deriveResults(dir), readFile(join(dir, RESULTS_FILE), "utf8")]);
    const text = resultsText(derived);
    if (text === kept) return [];
    const what = "does not follow from the events";
    return [{ file: RESULTS_FILE, line: differingLine(text, kept), what }];
  } catch (thrown) {
    return [{ file: RESULTS_FILE, what: messageOf(thrown) }];
  }
}
