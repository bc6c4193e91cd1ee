import { createCipheriv, createDecipheriv } from "node:crypto";
import { cmac } from "@noble/ciphers/aes.js";
import { requireKey } from "./key-length.ts";

/** AES-128 in ECB mode over whole blocks of 16 bytes (FIPS 197). */
export function aesEcb(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  return createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(blocks);
}

/** What `aesEcb` made, back in clear. */
export function aesEcbDecrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireKey(key);
  return createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(blocks);
}

/** AES-CMAC, all 16 bytes (NIST SP 800-38B, RFC 4493). */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  requireKey(key);
  return cmac(data, key);
}
