import { toHex } from "../core/bytes.ts";
import { type Certificate, certify } from "./certificate.ts";

const made = new Map<string, Uint8Array>();
const MAX_MADE = 512;

/**
 * `certify` for personalisation: the same certificate is signed once in the life of the process, so that a fresh card
 * costs nothing. RSASSA-PKCS1-v1_5 is deterministic: nobody can tell the difference.
 */
export function certifyOnce(authorityKey: string, certificate: Certificate): Uint8Array {
  const { type, authority, subject, lastDay, modulus } = certificate;
  const name = [type, authority, subject, lastDay, toHex(modulus), authorityKey].join("/");
  const known = made.get(name);
  if (known) return known.slice();
  const bytes = certify(authorityKey, certificate);
  if (made.size >= MAX_MADE) made.clear();
  made.set(name, bytes);
  return bytes.slice();
}
