import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { checkLink, genesis } from "./chain.ts";
import { rawLines } from "./reader.ts";
import { EVENTS_FILE, RUN_FILE } from "./run-directory.ts";

export interface Damage {
  /** File of the run directory. */
  readonly file: string;
  /** Line where it was noticed, counted from 1. */
  readonly line?: number | undefined;
  readonly what: string;
}

export interface Chain {
  /** Lines whose place in the chain was proved. */
  readonly lines: number;
  /** Hash of the last of them, of `run.json` when there is none. */
  readonly head: string;
  /** SHA-256 of `run.json`. */
  readonly run: string;
  /** The last proved line closes the run. */
  readonly isClosed: boolean;
  /** Bytes after the last proved line that are no whole line: it was being written when the run broke off. */
  readonly torn?: Buffer | undefined;
  readonly damage?: Damage | undefined;
}

/** `{"n":17,…`: the number is the first thing on a line. */
const NUMBER = /^\{"n":(\d+),/;
const CLOSING = /"event":\{"kind":"run-end","lines":(\d+)\}\}?,"hash":/;
const RESUMED = /"event":\{"kind":"resumed"[,}]/;

/** Follows the chain from `run.json` to its end or to the first line that is not as it was written. Never rejects. */
export async function verifyChain(dir: string): Promise<Chain> {
  let run: string;
  try {
    run = genesis(await readFile(join(dir, RUN_FILE)));
  } catch (thrown) {
    const what = `cannot be read: ${messageOf(thrown)}`;
    return { lines: 0, head: "", run: "", isClosed: false, damage: { file: RUN_FILE, what } };
  }
  let chain: Chain = { lines: 0, head: run, run, isClosed: false };
  try {
    for await (const batch of rawLines(join(dir, EVENTS_FILE))) {
      for (const { bytes, terminated } of batch) {
        if (!terminated) return { ...chain, torn: bytes };
        chain = next(chain, bytes);
        if (chain.damage) return chain;
      }
    }
    return chain;
  } catch (thrown) {
    return damaged(chain, messageOf(thrown));
  }
}

function next(chain: Chain, bytes: Buffer): Chain {
  const number = chain.lines + 1;
  const check = checkLink(chain.head, bytes);
  if (!check.ok) return damaged(chain, withHint(number, check.what, bytes));
  if (chain.isClosed && !RESUMED.test(bytes.subarray(0, 300).toString("latin1"))) {
    return damaged(chain, "stands after the closing line");
  }
  const closing = closingCount(bytes);
  if (closing !== undefined && closing !== number) return damaged(chain, `closes a run of ${closing} lines`);
  return { ...chain, lines: number, head: check.hash, isClosed: closing !== undefined };
}

function damaged(chain: Chain, what: string): Chain {
  return { ...chain, isClosed: false, damage: { file: EVENTS_FILE, line: chain.lines + 1, what } };
}

/** Says more where the number on the line tells what happened. */
function withHint(number: number, what: string, bytes: Buffer): string {
  const found = NUMBER.exec(bytes.subarray(0, 32).toString("latin1"))?.[1];
  if (found !== undefined && Number(found) !== number) return `${what}: it says that it is line ${found}`;
  return number === 1 ? `${what}: it or ${RUN_FILE} was changed` : what;
}

function closingCount(bytes: Buffer): number | undefined {
  const end = bytes.subarray(-200);
  const found = end.includes("run-end") ? CLOSING.exec(end.toString("latin1"))?.[1] : undefined;
  return found === undefined ? undefined : Number(found);
}
