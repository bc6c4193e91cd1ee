/** Typed reading of a run directory, for reports and for `derive`. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { EvidenceLine } from "./event.ts";
import type { Results } from "./results.ts";
import { EVENTS_FILE, RESULTS_FILE, RUN_FILE } from "./run-directory.ts";
import type { RunIdentification } from "./run-identification.ts";

/** Longest line that is read; twice what 64 KiB of bytes, hex and decoded, can come to. */
const MAX_LINE = 1 << 20;
/** Bytes that are read at once. */
const CHUNK = 1 << 20;
const LINE_FEED = 0x0a;

/** A line's bytes without the line feed; the last one of a broken-off file has none. */
export interface RawLine {
  readonly bytes: Buffer;
  readonly terminated: boolean;
}

/**
 * The lines of a file as bytes, those that were read together in one batch: a wait for each line would cost more than the line.
 * Only a line feed ends one. Rejects with `USAGE` when the file cannot be read.
 */
export async function* rawLines(path: string): AsyncGenerator<readonly RawLine[]> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const lines: RawLine[] = [];
      let start = 0;
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
        lines.push({ bytes: rest.subarray(start, end), terminated: true });
        start = end + 1;
      }
      yield lines;
      rest = rest.subarray(start);
      if (rest.length > MAX_LINE) throw new Error(`a line is longer than ${MAX_LINE} bytes`);
    }
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause);
  }
  if (rest.length > 0) yield [{ bytes: rest, terminated: false }];
}

/**
 * The lines of a run, in order. A last line that was broken off by a crash is left out; anything else that is no
 * evidence line is `USAGE` with file and line. The chain is not looked at: that is `verifyRun`.
 */
export async function* readEvents(dir: string): AsyncGenerator<EvidenceLine> {
  const path = join(dir, EVENTS_FILE);
  let number = 0;
  for await (const batch of rawLines(path)) {
    for (const { bytes, terminated } of batch) {
      number++;
      if (!terminated) return;
      const line = parseLine(bytes);
      if (!line) throw unreadable(`${path}:${number}`, "this is no line of evidence");
      yield line;
    }
  }
}

export async function readRun(dir: string): Promise<RunIdentification> {
  const run = await readJson<RunIdentification>(join(dir, RUN_FILE));
  if (run.format === "pursebench-run/1") return run;
  throw unreadable(join(dir, RUN_FILE), `format is ${JSON.stringify(run.format)}, expected "pursebench-run/1"`);
}

export async function readResults(dir: string): Promise<Results> {
  const results = await readJson<Results>(join(dir, RESULTS_FILE));
  if (results.format === "pursebench-results/1") return results;
  throw unreadable(join(dir, RESULTS_FILE), `format is ${JSON.stringify(results.format)}`);
}

/** `undefined` for what is no line of evidence. */
export function parseLine(bytes: Buffer): EvidenceLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
  return isLine(value) ? value : undefined;
}

function isLine(value: unknown): value is EvidenceLine {
  if (!isObject(value) || typeof value.n !== "number" || typeof value.at !== "number") return false;
  if (typeof value.wall !== "string" || !isObject(value.event)) return false;
  return typeof value.event.kind === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

async function readJson<T extends { readonly format: string }>(path: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause);
  }
  if (!isObject(value)) throw unreadable(path, "expected an object");
  return value as T;
}

function unreadable(where: string, what: string, cause?: unknown): PursebenchError {
  return new PursebenchError("USAGE", `${where}: ${what}`, {
    mend: "name the directory of a run, as `pursebench certify` prints it",
    ...(cause === undefined ? {} : { cause }),
  });
}
