/** How an issuer gives a card its keys (keys-and-signatures.md, section 11; card-edge.md 5.7). */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { aesCmac, aesEcb, aesEcbDecrypt } from "./aes.ts";
import { requireAlgorithm } from "./algorithm.ts";
import { requireKey } from "./key-length.ts";

const AES = 0x05;
const ENCIPHERING = Uint8Array.of(0x31);
const AUTHENTICATING = Uint8Array.of(0x32);
const MAC_DOMAIN = Uint8Array.of(0x8c);

/** Length of PERSODATA before its MAC. */
const SIGNED_LENGTH = 65;
const MAC_LENGTH = 8;
const KEYS_LENGTH = 32;

/** The keys that a card pays and loads with, 16 bytes each. */
export interface CardKeyPair {
  readonly KDP: Uint8Array;
  readonly KDL: Uint8Array;
}

/** KDU, 16 bytes: what the card supplier writes into a card, from the issuer's MKU. `SNIEP`: 16 hex digits. Throws `PROTOCOL` for another length. */
export function deriveCardUpdateKey(MKU: Uint8Array, SNIEP: string): Uint8Array {
  if (SNIEP.length !== 16) throw new PursebenchError("PROTOCOL", `SNIEP "${SNIEP.slice(0, 32)}" is not of 8 bytes`);
  const [KDU] = requireAlgorithm(AES).deriveKeys(MKU, fromHex(SNIEP));
  if (!KDU) throw new PursebenchError("INTERNAL", "a seed gave no key");
  return KDU;
}

/** KEYS, 32 bytes, for the card with this KDU alone. */
export function encipherCardKeys(KDU: Uint8Array, { KDP, KDL }: CardKeyPair): Uint8Array {
  requireKey(KDP);
  requireKey(KDL);
  return aesEcb(aesCmac(KDU, ENCIPHERING), concat(KDP, KDL));
}

/** The keys in KEYS (32 bytes): of any 32 bytes; whether they are the issuer's, the MAC tells. */
export function decipherCardKeys(KDU: Uint8Array, KEYS: Uint8Array): CardKeyPair {
  if (KEYS.length !== KEYS_LENGTH)
    throw new PursebenchError("PROTOCOL", `KEYS has ${KEYS.length} bytes, 32 are needed`);
  const keys = aesEcbDecrypt(aesCmac(KDU, ENCIPHERING), KEYS);
  return { KDP: keys.slice(0, 16), KDL: keys.slice(16) };
}

/** MAC of PERSONALISE, 8 bytes. `persoData`: PERSODATA with or without its MAC (73 or 65 bytes). Throws `PROTOCOL` for other lengths. */
export function personalisationMac(KDU: Uint8Array, persoData: Uint8Array): Uint8Array {
  const { length } = persoData;
  if (length !== SIGNED_LENGTH && length !== SIGNED_LENGTH + MAC_LENGTH) {
    throw new PursebenchError("PROTOCOL", `PERSODATA has ${length} bytes, 65 or 73 are needed`);
  }
  const signed = concat(MAC_DOMAIN, persoData.subarray(0, SIGNED_LENGTH));
  return aesCmac(aesCmac(KDU, AUTHENTICATING), signed).subarray(0, MAC_LENGTH);
}
