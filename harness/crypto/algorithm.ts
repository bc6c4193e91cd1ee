/** The signature algorithms that a purse names in ALGIEP (keys-and-signatures.md, section 1). */
import { PursebenchError } from "../core/errors.ts";
import { aesCmac, aesEcb } from "./aes.ts";
import { unsafeDesKey, unsafeRetailMac, unsafeTripleDesEcb } from "./unsafe-des.ts";

/** ALGIEP of public key cards (section 8). */
export const PUBLIC_KEY = 0x10;

export interface PurseAlgorithm {
  readonly name: string;
  /** 8 bytes over data of any length. */
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * One key of 16 bytes for each 8 bytes of `seeds`: from the seed and its complement, under `key` (section 2). Several
   * at once, because setting up a cipher costs more than using it.
   */
  deriveKeys(key: Uint8Array, seeds: Uint8Array): readonly Uint8Array[];
}

const SIGNATURE_LENGTH = 8;
const SEED_LENGTH = 8;
const KEY_LENGTH = 16;

const tripleDes: PurseAlgorithm = {
  name: "two-key triple DES",
  mac: unsafeRetailMac,
  deriveKeys: (key, seeds) => keysOf(unsafeDesKey(unsafeTripleDesEcb(key, withComplements(seeds)))),
};

const aes: PurseAlgorithm = {
  name: "AES-128",
  mac: (key, data) => aesCmac(key, data).subarray(0, SIGNATURE_LENGTH),
  deriveKeys: (key, seeds) => keysOf(aesEcb(key, withComplements(seeds))),
};

/** Of public key cards: their session key comes by RSA (`key-transport.ts`) and then serves as an AES key. */
const rsa: PurseAlgorithm = { ...aes, name: "RSA with AES-128" };

/** The algorithm of that ALGIEP, or undefined: the profile has 04, 05 and 10 and nothing else. */
export function algorithmOf(ALGIEP: number): PurseAlgorithm | undefined {
  switch (ALGIEP) {
    case 0x04:
      return tripleDes;
    case 0x05:
      return aes;
    case PUBLIC_KEY:
      return rsa;
    default:
      return undefined;
  }
}

/** The algorithm of that ALGIEP. Throws `PROTOCOL` for one that the profile does not have. */
export function requireAlgorithm(ALGIEP: number): PurseAlgorithm {
  const algorithm = algorithmOf(ALGIEP);
  if (algorithm === undefined) throw new PursebenchError("PROTOCOL", `ALGIEP ${ALGIEP} is none of 04, 05 and 10`);
  return algorithm;
}

/** MAC of the purse profile, 8 bytes. Throws `PROTOCOL` for an unknown ALGIEP. */
export function mac(ALGIEP: number, key: Uint8Array, data: Uint8Array): Uint8Array {
  return requireAlgorithm(ALGIEP).mac(key, data);
}

/** Each 8-byte seed followed by its complement. */
function withComplements(seeds: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(seeds.length * 2);
  for (let index = 0; index < seeds.length; index++) {
    const at = index + Math.floor(index / SEED_LENGTH) * SEED_LENGTH;
    const byte = seeds[index] ?? 0;
    blocks[at] = byte;
    blocks[at + SEED_LENGTH] = byte ^ 0xff;
  }
  return blocks;
}

function keysOf(bytes: Uint8Array): readonly Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += KEY_LENGTH) keys.push(bytes.slice(at, at + KEY_LENGTH));
  return keys;
}
