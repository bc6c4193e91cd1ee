/** The hash chain over `run.json` and the lines of `events.jsonl`. */
import { createHash, hash } from "node:crypto";

/** `,"hash":"` 64 digits `"}` at the end of a line. */
const TAIL = /^,"hash":"([0-9a-f]{64})"\}$/;
const TAIL_LENGTH = 75;
const BRACE = Buffer.from("}");

/** Hash that the first line builds on: SHA-256 of the bytes of `run.json`, lower-case hex. */
export function genesis(runJson: Uint8Array): string {
  return createHash("sha256").update(runJson).digest("hex");
}

/** `body` is a line's JSON object without `hash`. Gives the whole line (no line feed) and its hash. */
export function link(previous: string, body: string): { readonly line: string; readonly hash: string } {
  const digest = hash("sha256", previous + body, "hex");
  return { line: `${body.slice(0, -1)},"hash":"${digest}"}`, hash: digest };
}

export type LinkCheck = { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly what: string };

/** Recomputes the hash of `line` (bytes, no line feed) as it should be after `previous`. */
export function checkLink(previous: string, line: Buffer): LinkCheck {
  const tail = TAIL.exec(line.subarray(-TAIL_LENGTH).toString("latin1"));
  if (!tail) return { ok: false, what: "has no hash at its end" };
  const body = line.subarray(0, -TAIL_LENGTH);
  const digest = createHash("sha256").update(previous).update(body).update(BRACE).digest("hex");
  if (digest !== tail[1]) return { ok: false, what: "does not match its hash and the line before it" };
  return { ok: true, hash: digest };
}
