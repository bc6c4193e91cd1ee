/** Link batch (`clearing.md` 4): HTTP whose bodies are messages in upper-case hex text. */
import { fromHex, toHex } from "../core/bytes.ts";
import type { HttpRequest, HttpResponse } from "./exchange.ts";

export const BATCHES_PATH = "/batches";
export const DELIVERIES_PATH = "/deliveries";
export const RECEIPTS_PATH = "/receipts";
export const UPDATES_PATH = "/updates";

/** Longest body in characters: a message of 65,536 bytes in hex. */
export const BATCH_BODY_LIMIT = 131_072;

const HEADERS = { "content-type": "text/plain" } as const;

/** POST of one message. */
export function postOf(path: string, message: Uint8Array): HttpRequest {
  return { method: "POST", path, headers: HEADERS, body: toHex(message) };
}

/** GET of what there is for a sender. `IDCP`: 1 to 32 printable ASCII characters. */
export function getFor(path: string, IDCP: string): HttpRequest {
  return { method: "GET", path: `${path}?sender=${encodeURIComponent(IDCP)}`, headers: {}, body: "" };
}

/** An answer with a message, or without one. */
export function batchAnswer(status: number, message: Uint8Array = new Uint8Array(0)): HttpResponse {
  return { status, headers: HEADERS, body: toHex(message) };
}

/** The message in a body; undefined when it is no hex text, has an odd number of digits or is too long. */
export function messageIn(body: string): Uint8Array | undefined {
  if (body.length > BATCH_BODY_LIMIT || body.length % 2 !== 0 || !/^[0-9A-F]*$/.test(body)) return undefined;
  return fromHex(body);
}

/** Path without its query. */
export function pathOf({ path }: HttpRequest): string {
  return path.split("?", 1)[0] ?? "";
}

/** The one parameter `sender` of a GET; undefined when it is not there exactly once. */
export function senderOf({ path }: HttpRequest): string | undefined {
  const start = path.indexOf("?");
  const values = new URLSearchParams(start < 0 ? "" : path.slice(start + 1)).getAll("sender");
  return values.length === 1 ? values[0] : undefined;
}
