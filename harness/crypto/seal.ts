/** Authenticated encryption by cipher suite (keys-and-signatures.md, section 7). Keys have 16 bytes in both suites. */
import { gcm } from "@noble/ciphers/aes.js";
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { requireKey } from "./key-length.ts";
import { unsafeOpen, unsafeSeal } from "./unsafe-seal.ts";

const GCM_NONCE_LENGTH = 12;
const IV_LENGTH = 8;

/** Bytes of the nonce (AES-128-GCM, 12) or IV (3DES-CBC-MAC, 8) that `seal` wants. */
export function nonceLength(suite: CipherSuite): number {
  return suite === "AES-128-GCM" ? GCM_NONCE_LENGTH : IV_LENGTH;
}

/**
 * `plain` sealed together with `aad`, which stays outside: nonce 12, ciphertext, tag 16; or IV 8, ciphertext padded to
 * blocks of 8, MAC 8. `nonce`: fresh for each message. Throws `INTERNAL` for a nonce or key of another length.
 */
export function seal(
  suite: CipherSuite,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  requireKey(key);
  if (nonce.length !== nonceLength(suite)) {
    throw new PursebenchError("INTERNAL", `a nonce has ${nonce.length} bytes, ${nonceLength(suite)} are needed`);
  }
  if (suite === "3DES-CBC-MAC") return unsafeSeal(key, nonce, aad, plain);
  return concat(nonce, gcm(key, nonce, aad).encrypt(plain));
}

/** What was sealed with this key and this `aad`, or `null`. Never throws on hostile `sealed`. */
export function open(suite: CipherSuite, key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  requireKey(key);
  if (suite === "3DES-CBC-MAC") return unsafeOpen(key, aad, sealed);
  if (sealed.length < GCM_NONCE_LENGTH) return null;
  try {
    return gcm(key, sealed.slice(0, GCM_NONCE_LENGTH), aad).decrypt(sealed.slice(GCM_NONCE_LENGTH));
  } catch {
    return null; // the library tells a wrong tag by throwing; here it is simply not sealed by a holder of the key
  }
}
