/** Suite 02 of the encryption layer, 3DES-CBC-MAC (keys-and-signatures.md, section 7): enciphered, then authenticated. */
import { concat, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { requireAlgorithm } from "./algorithm.ts";
import { constantTimeEqual } from "./constant-time.ts";
import {
  padMethod2,
  unpadMethod2,
  unsafeRetailMac,
  unsafeTripleDesCbc,
  unsafeTripleDesCbcDecrypt,
} from "./unsafe-des.ts";

const BLOCK = 8;
const MAC_LENGTH = 8;
const TRIPLE_DES = 0x04;
/** Each seed with its complement gives one key: 45 and BA for KE, 4D and B2 for KM. */
const SEEDS = concat(new Uint8Array(BLOCK).fill(0x45), new Uint8Array(BLOCK).fill(0x4d));

/** IV 8, ciphertext, MAC 8. `iv`: 8 bytes, fresh for each message. */
export function unsafeSeal(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array {
  const { KE, KM } = keysOf(key);
  const body = concat(iv, unsafeTripleDesCbc(KE, iv, padMethod2(plain)));
  return concat(body, macOf(KM, aad, body));
}

/** The plain text, or `null`. The MAC is looked at before anything is deciphered, so that padding tells nobody anything. */
export function unsafeOpen(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < 2 * BLOCK + MAC_LENGTH || sealed.length % BLOCK !== 0) return null;
  const { KE, KM } = keysOf(key);
  const body = sealed.subarray(0, -MAC_LENGTH);
  if (!constantTimeEqual(macOf(KM, aad, body), sealed.subarray(-MAC_LENGTH))) return null;
  return unpadMethod2(unsafeTripleDesCbcDecrypt(KE, body.subarray(0, BLOCK), body.subarray(BLOCK)));
}

function macOf(KM: Uint8Array, aad: Uint8Array, body: Uint8Array): Uint8Array {
  return unsafeRetailMac(KM, concat(uintToBytes(aad.length, 2), aad, body));
}

function keysOf(key: Uint8Array): { readonly KE: Uint8Array; readonly KM: Uint8Array } {
  const [KE, KM] = requireAlgorithm(TRIPLE_DES).deriveKeys(key, SEEDS);
  if (!KE || !KM) throw new PursebenchError("INTERNAL", "two seeds did not give two keys");
  return { KE, KM };
}
