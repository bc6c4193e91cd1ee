/**
 * Two-key triple DES and the MAC made of it. Legacy: 64-bit blocks and short keys. Only for what the purse cards of
 * ALGIEP 04 demand; the names say `unsafe` so that a reviewer sees each use.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat } from "../core/bytes.ts";
import { requireKey } from "./key-length.ts";
import { oddParity } from "./parity.ts";

const BLOCK = 8;
const ZERO_IV = new Uint8Array(BLOCK);

/** E(K1 K2 K1) in ECB mode over whole blocks of 8 bytes. Throws `INTERNAL` for another key length than 16. */
export function unsafeTripleDesEcb(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  // OpenSSL 3 calls two-key triple DES in ECB mode "des-ede".
  return createCipheriv("des-ede", key, null).setAutoPadding(false).update(blocks);
}

/** What `unsafeTripleDesEcb` made, back in clear. */
export function unsafeTripleDesEcbDecrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  return createDecipheriv("des-ede", key, null).setAutoPadding(false).update(blocks);
}

/** CBC mode over whole blocks; `iv`: 8 bytes. Throws `INTERNAL` for another key length than 16. */
export function unsafeTripleDesCbc(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  return createCipheriv("des-ede-cbc", key, iv).setAutoPadding(false).update(blocks);
}

/** What `unsafeTripleDesCbc` made, back in clear. */
export function unsafeTripleDesCbcDecrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  return createDecipheriv("des-ede-cbc", key, iv).setAutoPadding(false).update(blocks);
}

/**
 * ISO/IEC 9797-1 MAC algorithm 3 with padding method 2, all 8 bytes ("retail MAC"): single DES with K1 in CBC mode over
 * all blocks but the last, triple DES over the last one. Any length of `data`, also none.
 */
export function unsafeRetailMac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return macOfPadded(key, padMethod2(data));
}

/** The same over `data` of whole blocks as it stands, at least one, for vectors that were published without padding. */
export function unsafeRetailMacUnpadded(key: Uint8Array, data: Uint8Array): Uint8Array {
  return macOfPadded(key, data);
}

/** Two-key triple DES key from 16 bytes of cipher text: the same with odd parity. */
export function unsafeDesKey(bytes: Uint8Array): Uint8Array {
  return oddParity(bytes);
}

function macOfPadded(key: Uint8Array, padded: Uint8Array): Uint8Array {
  requireKey(key);
  const lastAt = padded.length - BLOCK;
  const last = padded.slice(lastAt);
  if (lastAt > 0) xorInto(last, singleDesChain(key.subarray(0, BLOCK), padded.subarray(0, lastAt)));
  return unsafeTripleDesEcb(key, last);
}

/** Last cipher block of CBC under one DES key. OpenSSL's default provider has no single DES: K1 K1 K1 is the same. */
function singleDesChain(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return unsafeTripleDesCbc(concat(key, key), ZERO_IV, blocks).subarray(-BLOCK);
}

/** ISO/IEC 9797-1 padding method 2: one byte 80, then zeros to a whole block; at least one byte is added. */
export function padMethod2(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(data.length / BLOCK) + 1) * BLOCK);
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}

/** What was padded by method 2, or `null` when the last block does not end like that. */
export function unpadMethod2(padded: Uint8Array): Uint8Array | null {
  const end = padded.lastIndexOf(0x80);
  const isPadding = end >= padded.length - BLOCK && end >= 0 && padded.subarray(end + 1).every((byte) => byte === 0);
  return isPadding ? Uint8Array.from(padded.subarray(0, end)) : null;
}

function xorInto(target: Uint8Array, other: Uint8Array): void {
  for (let index = 0; index < target.length; index++) target[index] = (target[index] ?? 0) ^ (other[index] ?? 0);
}
