import { firstLine } from "./label.ts";

const decoder = new TextDecoder();

/** Place of IDTERM in CLEARCONF, in hex digits; zero where a head end made it (`keys-and-signatures.md` 6). */
const IDTERM_FROM = 2 * 34;
const IDTERM_TO = 2 * 38;

/**
 * The step of a request or, with `answers`, of the answer to one on link 234. The page is asked for with POST /checkout;
 * every other POST goes to a status URL.
 */
export function stepOnHttp(
  bytes: Uint8Array,
  answers?: { readonly inReplyTo: Uint8Array | undefined },
): string | undefined {
  const request = answers === undefined ? bytes : answers.inReplyTo;
  const line = request && firstLine(request);
  if (request === undefined || !line?.startsWith("POST ")) return undefined;
  const isCheckout = line === "POST /checkout" || line.startsWith("POST /checkout?");
  if (answers !== undefined) return isCheckout ? pageStep(bytes) : releaseStep(request);
  return isCheckout ? "604" : proofStep(request);
}

/**
 * The same between head end and account holder (`load.md` 3), in the steps of FIG 15: card information is asked for and given
 * (872), the page comes (874), the amount goes (875), then the confirmation (891) and what is made of it (892).
 */
export function stepOnLoadHttp(
  bytes: Uint8Array,
  answers?: { readonly inReplyTo: Uint8Array | undefined },
): string | undefined {
  const request = answers === undefined ? bytes : answers.inReplyTo;
  const line = request && firstLine(request);
  if (request === undefined || !line?.startsWith("POST ")) return undefined;
  if (line === "POST /load") return answers === undefined ? "871" : "872";
  if (line === "POST /load/card") return answers === undefined ? "872" : "874";
  if (formOf(request).has("amount")) return "875";
  return answers === undefined ? "891" : "892";
}

/** On link 238: the payment server's confirmation reaches the merchant itself; its answer is no step. */
export function stepOnDirectHttp(bytes: Uint8Array): string | undefined {
  return firstLine(bytes).startsWith("POST ") ? "636" : undefined;
}

/** With a session key the page is that of the encryption layer. */
function pageStep(response: Uint8Array): string {
  return /<param[^>]*\bname=["']?session-key\b/i.test(decoder.decode(response)) ? "808" : "606";
}

/** What is posted to a status URL; the transaction alone only asks for what was paid. */
function proofStep(request: Uint8Array): string | undefined {
  const form = formOf(request);
  if (form.has("card-response")) return "752";
  const CLEARCONF = form.get("clear-confirmation");
  if (CLEARCONF !== null) return /^0+$/.test(CLEARCONF.slice(IDTERM_FROM, IDTERM_TO)) ? "736" : "636";
  return form.has("confirmation") || !form.has("transaction-id") ? "636" : undefined;
}

/** The merchant that compares gives its own confirmation (756); else it delivers. */
function releaseStep(request: Uint8Array): string {
  return formOf(request).has("card-response") ? "756" : "640";
}

function formOf(request: Uint8Array): URLSearchParams {
  const text = decoder.decode(request);
  const body = text.indexOf("\n\n");
  return new URLSearchParams(body < 0 ? "" : text.slice(body + 2));
}
