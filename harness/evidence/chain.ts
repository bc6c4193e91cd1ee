/** The hash chain over `run.json` and the lines of `events.jsonl`. */
import { hash } from "node:crypto";

/** `,"hash":"` 64 digits `"}` at the end of a line. */
const TAIL = /^,"hash":"[0-9a-f]{64}"\}$/;
const TAIL_LENGTH = 75;
const BRACE = 0x7d;
const NO_HASH = "has no hash at its end";

/** Hash that the first line builds on: SHA-256 of the bytes of `run.json`, lower-case hex. */
export function genesis(runJson: Uint8Array): string {
  return hash("sha256", runJson, "hex");
}

/** `body` is a line's JSON object without `hash`. Gives the whole line (no line feed) and its hash. */
export function link(previous: string, body: string): { readonly line: string; readonly hash: string } {
  const digest = hash("sha256", previous + body, "hex");
  return { line: `${body.slice(0, -1)},"hash":"${digest}"}`, hash: digest };
}

export type LinkCheck = { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly what: string };

/** Recomputes the hash of `line` (bytes, no line feed) as it should be after `previous`. */
export function checkLink(previous: string, line: Buffer): LinkCheck {
  const bodyLength = line.length - TAIL_LENGTH;
  if (bodyLength <= 0) return { ok: false, what: NO_HASH };
  const tail = line.toString("latin1", bodyLength);
  const digest = hash("sha256", hashed(previous, line, bodyLength), "hex");
  if (tail === `,"hash":"${digest}"}`) return { ok: true, hash: digest };
  return { ok: false, what: TAIL.test(tail) ? "does not match its hash and the line before it" : NO_HASH };
}

/** One piece of memory for all lines: a run has hundreds of thousands of them. */
let scratch = Buffer.alloc(0);

/** What the hash of a line is taken of: the hash before it, the line without its own, and the brace that it then ends with. */
function hashed(previous: string, line: Buffer, bodyLength: number): Buffer {
  const size = previous.length + bodyLength + 1;
  if (scratch.length < size) scratch = Buffer.allocUnsafe(Math.max(size * 2, 1 << 16));
  const start = scratch.write(previous, "latin1");
  line.copy(scratch, start, 0, bodyLength);
  scratch[size - 1] = BRACE;
  return scratch.subarray(0, size);
}
