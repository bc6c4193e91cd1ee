import { parseResponseApdu } from "../apdu/response-apdu.ts";
import type { Parsed } from "./structure-value.ts";

/** What came of a command: its answer, the status word that refused it, or bytes that are no answer to it. */
export type CommandResult<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "refused"; readonly SW: number }
  | { readonly kind: "malformed"; readonly reason: string };

const SUCCESS = 0x9000;

/** Reads a response APDU; `read` gets the data of a `9000`. Never throws as long as `read` does not. */
export function commandResult<T>(response: Uint8Array, read: (data: Uint8Array) => Parsed<T>): CommandResult<T> {
  const parsed = parseResponseApdu(response);
  if (!parsed.ok) return { kind: "malformed", reason: parsed.reason };
  const { data, sw } = parsed.apdu;
  if (sw !== SUCCESS) return { kind: "refused", SW: sw };
  const value = read(data);
  return value.ok ? { kind: "answer", value: value.value } : { kind: "malformed", reason: value.reason };
}

/** For commands whose answer has no data. */
export function noData(data: Uint8Array): Parsed<null> {
  return data.length === 0
    ? { ok: true, value: null }
    : { ok: false, reason: `${data.length} bytes where none belong` };
}
