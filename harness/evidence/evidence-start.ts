/** Where the lines of a run begin: with the first, or after those that are there already. */
import type { KeyObject } from "node:crypto";
import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { genesis } from "./chain.ts";
import { changeSinceClosing, mayReplaceSeal, reopenRunDirectory } from "./earlier-closing.ts";
import { type EvidenceEvent, MAX_BYTES } from "./event.ts";
import { appendLineFile, createLineFile, type LineFile } from "./line-file.ts";
import { EVENTS_FILE, storageError, writeIdentification } from "./run-directory.ts";
import type { RunIdentification } from "./run-identification.ts";
import { lockRun } from "./run-lock.ts";
import { readStopped } from "./stopped.ts";
import { verifyChain } from "./verify-chain.ts";

export type OpenLineFile = (path: string) => LineFile;

export interface EvidenceStart {
  /** Hash and number of the last line that is there, that of `run.json` and 0 when none is. */
  readonly hash: string;
  readonly n: number;
  /** Of the machine's monotonic clock when the run began, as far as can be told. */
  readonly startMs: number;
  readonly file: LineFile;
  /** Nobody else writes to this run. */
  readonly lock: Disposable;
}

/** Writes `run.json` and opens the events. Throws `STORAGE`, `USAGE` while another process writes there. */
export function begin(dir: string, run: RunIdentification, clock: Clock, open?: OpenLineFile): EvidenceStart {
  const startMs = clock.monotonicMs();
  return locked(dir, (lock) => {
    // Events first: a directory with run.json is one that can go on.
    const file = opened(join(dir, EVENTS_FILE), open ?? createLineFile);
    try {
      return { hash: genesis(writeIdentification(dir, run)), n: 0, startMs, file, lock };
    } catch (thrown) {
      file.close();
      throw thrown;
    }
  });
}

export interface PickUpOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly open?: OpenLineFile | undefined;
  /** Key that the run will be sealed with; has to be there for one that is sealed. */
  readonly signingKey?: KeyObject | undefined;
}

/**
 * Proves what is there, cuts off a line that was not written to its end, takes manifest and seal away and opens the events.
 * Rejects with `USAGE` for damaged evidence, a seal by another key, or a run that somebody is writing.
 */
export async function pickUp(
  options: PickUpOptions,
): Promise<{ readonly start: EvidenceStart; readonly resumed: Extract<EvidenceEvent, { kind: "resumed" }> }> {
  const { dir, clock, open, signingKey } = options;
  mayReplaceSeal(dir, signingKey);
  const lock = lockRun(dir);
  try {
    const { hash, n, torn } = await proved(dir);
    const { at, wall, during } = await readStopped(dir);
    reopenRunDirectory(dir);
    if (torn) cutOff(join(dir, EVENTS_FILE), torn.length);
    // A calendar that was set back in between takes nothing from the run's own time.
    const afterMs = wall === undefined ? 0 : Math.max(0, clock.wall().getTime() - Date.parse(wall));
    const file = opened(join(dir, EVENTS_FILE), open ?? appendLineFile);
    const start = { hash, n, startMs: clock.monotonicMs() - at - afterMs, file, lock };
    const tornHex = torn?.subarray(0, MAX_BYTES).toString("hex").toUpperCase();
    return {
      start,
      resumed: {
        kind: "resumed",
        ...(tornHex === undefined ? {} : { torn: tornHex }),
        ...(during === undefined ? {} : { during }),
        afterMs,
      },
    };
  } catch (thrown) {
    lock[Symbol.dispose]();
    throw thrown;
  }
}

async function proved(dir: string): Promise<{ hash: string; n: number; torn: Buffer | undefined }> {
  const chain = await verifyChain(dir);
  if (chain.damage) {
    const { file, line, what } = chain.damage;
    throw damaged(line === undefined ? `${join(dir, file)} ${what}` : `${join(dir, file)}:${line}: this line ${what}`);
  }
  const change = await changeSinceClosing(dir, chain);
  if (change !== undefined) throw damaged(`${dir}: ${change}`);
  return { hash: chain.head, n: chain.lines, torn: chain.torn };
}

function damaged(what: string): PursebenchError {
  return new PursebenchError("USAGE", what, {
    mend: "a run whose evidence is damaged cannot go on: begin a new one, and keep this directory apart",
  });
}

function cutOff(path: string, bytes: number): void {
  try {
    truncateSync(path, statSync(path).size - bytes);
  } catch (cause) {
    throw storageError(`${path} cannot be cut: ${messageOf(cause)}`, cause);
  }
}

function locked<T>(dir: string, work: (lock: Disposable) => T): T {
  const lock = lockRun(dir);
  try {
    return work(lock);
  } catch (thrown) {
    lock[Symbol.dispose]();
    throw thrown;
  }
}

function opened(path: string, open: OpenLineFile): LineFile {
  try {
    return open(path);
  } catch (cause) {
    throw storageError(`${path} cannot be written: ${messageOf(cause)}`, cause);
  }
}
