import type { Parsed } from "./structure-value.ts";

/** A certificate of the profile (keys-and-signatures.md 8); what it says is read by `crypto/certificate.ts`. */
export const CERTIFICATE_LENGTH = 244;

/** EK 112, SIG 112. */
export const SESSION_KEY_LENGTH = 224;

/** A copy of exactly `length` opaque bytes. */
export function exactBytes(data: Uint8Array, length: number): Parsed<Uint8Array> {
  return data.length === length
    ? { ok: true, value: data.slice() }
    : { ok: false, reason: `${data.length} bytes, not ${length}` };
}
