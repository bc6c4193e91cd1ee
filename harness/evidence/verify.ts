import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { checkLink, genesis } from "./chain.ts";
import { deriveResults, resultsText } from "./derive.ts";
import { rawLines } from "./reader.ts";
import { EVENTS_FILE, RESULTS_FILE, RUN_FILE } from "./run-directory.ts";
import { SEAL_FILE, sealDamage } from "./seal.ts";

export interface Damage {
  /** File of the run directory. */
  readonly file: string;
  /** Line where it was noticed, counted from 1. */
  readonly line?: number | undefined;
  readonly what: string;
}

export interface Verification {
  readonly ok: boolean;
  /** Lines whose place in the chain was proved. */
  readonly lines: number;
  /** Hash of the last of them: whoever keeps it elsewhere can tell later that nothing was rewritten as a whole. */
  readonly head: string;
  readonly damage: readonly Damage[];
}

/** `{"n":17,…`: the number is the first thing on a line. */
const NUMBER = /^\{"n":(\d+),/;
const CLOSING = /"event":\{"kind":"run-end","lines":(\d+)\}\}?,"hash":/;

/**
 * Checks a run directory offline: nothing changed, removed, added, reordered or cut off; the seal fits, if there is one.
 * With a `trusted` public key the run has to be sealed with that. Never rejects for damage.
 */
export async function verifyRun(dir: string, trusted?: KeyObject): Promise<Verification> {
  let chain: Verification;
  try {
    chain = await verifyChain(dir);
  } catch (thrown) {
    return { ok: false, lines: 0, head: "", damage: [{ file: EVENTS_FILE, what: messageOf(thrown) }] };
  }
  if (!chain.ok) return chain;
  const seal = sealDamage(dir, chain.head, trusted);
  const damage = [...(seal === undefined ? [] : [{ file: SEAL_FILE, what: seal }]), ...(await resultsDamage(dir))];
  return { ...chain, ok: damage.length === 0, damage };
}

async function verifyChain(dir: string): Promise<Verification> {
  let head = genesis(await readFile(join(dir, RUN_FILE)));
  let lines = 0;
  let closedAt: number | undefined;
  const broken = (line: number, what: string): Verification => ({
    ok: false,
    lines,
    head,
    damage: [{ file: EVENTS_FILE, line, what }],
  });
  for await (const { bytes, terminated } of rawLines(join(dir, EVENTS_FILE))) {
    const number = lines + 1;
    if (closedAt !== undefined) return broken(number, "stands after the closing line");
    const check = checkLink(head, bytes);
    if (!check.ok) return broken(number, withHint(number, check.what, bytes));
    if (!terminated) return broken(number, "has lost its line feed: the file was cut");
    head = check.hash;
    lines = number;
    closedAt = closingCount(bytes);
    if (closedAt !== undefined && closedAt !== number) return broken(number, `closes a run of ${closedAt} lines`);
  }
  if (closedAt === undefined) return broken(lines + 1, "is missing: the run broke off, or lines were cut from its end");
  return { ok: true, lines, head, damage: [] };
}

/** Says more where the number on the line tells what happened. */
function withHint(number: number, what: string, bytes: Buffer): string {
  const found = NUMBER.exec(bytes.subarray(0, 32).toString("latin1"))?.[1];
  if (found !== undefined && Number(found) !== number) return `${what}: it says that it is line ${found}`;
  return number === 1 ? `${what}: it or ${RUN_FILE} was changed` : what;
}

function closingCount(bytes: Buffer): number | undefined {
  const found = CLOSING.exec(bytes.subarray(-200).toString("latin1"))?.[1];
  return found === undefined ? undefined : Number(found);
}

async function resultsDamage(dir: string): Promise<Damage[]> {
  try {
    const [derived, kept] = await Promise.all([deriveResults(dir), readFile(join(dir, RESULTS_FILE), "utf8")]);
    if (resultsText(derived) === kept) return [];
    return [
      {
        file: RESULTS_FILE,
        line: firstDifference(resultsText(derived), kept),
        what: "does not follow from the events",
      },
    ];
  } catch (thrown) {
    return [{ file: RESULTS_FILE, what: messageOf(thrown) }];
  }
}

function firstDifference(left: string, right: string): number {
  const others = right.split("\n");
  return left.split("\n").findIndex((line, index) => line !== others[index]) + 1 || others.length;
}
