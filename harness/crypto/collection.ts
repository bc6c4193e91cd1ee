/** Keys and signatures between PSAM and clearing: collection, acknowledgement, update (keys-and-signatures.md, section 10). */
import { createHash } from "node:crypto";
import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { aesCmac, aesEcb, aesEcbDecrypt } from "./aes.ts";
import { requireAlgorithm } from "./algorithm.ts";
import { requireKey } from "./key-length.ts";
import type { PsamIdentity } from "./key-transport.ts";

export type { PsamIdentity } from "./key-transport.ts";

const AES = 0x05;
const S4_DOMAIN = Uint8Array.of(0x4c);
const S5_DOMAIN = Uint8Array.of(0x5c);
const S6_DOMAIN = Uint8Array.of(0x6c);
const UPDATE_KEY_DOMAIN = Uint8Array.of(0x7c);

const LINE_LENGTH = 16;
const MAX_LINES = 255;
const SHORTEST_UPDATE = 14;
const LONGEST_UPDATE = 30;

/** One batch as a PSAM collected it. */
export interface CollectionName extends PsamIdentity {
  /** Number of the collection, 0..FFFFFFFF. */
  readonly NTCOL: number;
  /** Of the batch, 32 bytes. */
  readonly DIGEST: Uint8Array;
}

export interface Collection extends CollectionName {
  /** Totals of the PSAM at this moment, lines of READ TOTALS, 16 bytes each, at most 255. */
  readonly lines: readonly Uint8Array[];
}

/** KDC, 16 bytes: the key of one PSAM, from the clearing system's MKC. Throws `PROTOCOL` for identifiers of another length. */
export function deriveCollectionKey(MKC: Uint8Array, { PPPSAM, IDPSAM }: PsamIdentity): Uint8Array {
  psamBytes({ PPPSAM, IDPSAM });
  const [KDC] = requireAlgorithm(AES).deriveKeys(MKC, fromHex(`${PPPSAM}00${IDPSAM}`));
  if (!KDC) throw new PursebenchError("INTERNAL", "a seed gave no key");
  return KDC;
}

/** DIGEST, 32 bytes: SHA-256 over the members of a batch, one after the other. */
export function batchDigest(members: Iterable<Uint8Array>): Uint8Array {
  const hash = createHash("sha256");
  for (const member of members) hash.update(member);
  return Uint8Array.from(hash.digest());
}

/** S4, 8 bytes: the PSAM's word about a collection. Throws `PROTOCOL` for elements that do not fit. */
export function signS4(KDC: Uint8Array, collection: Collection): Uint8Array {
  const { lines } = collection;
  if (lines.length > MAX_LINES || lines.some(({ length }) => length !== LINE_LENGTH)) {
    throw new PursebenchError("PROTOCOL", "S4 is over at most 255 lines of 16 bytes");
  }
  return mac(KDC, S4_DOMAIN, collectionBytes(collection), Uint8Array.of(lines.length), ...lines);
}

/** S5, 8 bytes: the clearing system's word that it has the collection. Throws `PROTOCOL` for elements that do not fit. */
export function signS5(KDC: Uint8Array, collection: CollectionName): Uint8Array {
  return mac(KDC, S5_DOMAIN, collectionBytes(collection));
}

/** S6, 8 bytes, of an update. `UPDATE`: without its S6, 14 to 30 bytes. Throws `PROTOCOL` for elements that do not fit. */
export function signS6(KDC: Uint8Array, psam: PsamIdentity, UPDATE: Uint8Array): Uint8Array {
  if (UPDATE.length < SHORTEST_UPDATE || UPDATE.length > LONGEST_UPDATE) {
    throw new PursebenchError("PROTOCOL", `UPDATE has ${UPDATE.length} bytes under S6, 14 to 30 are needed`);
  }
  return mac(KDC, S6_DOMAIN, psamBytes(psam), UPDATE);
}

/** A key for the PSAM in the update of that number, 16 bytes. `NTUPD`: 0..FFFFFFFF. */
export function encipherUpdateKey(KDC: Uint8Array, NTUPD: number, key: Uint8Array): Uint8Array {
  requireKey(key);
  return aesEcb(deriveUpdateKey(KDC, NTUPD), key);
}

/** The key in the update of that number. `enciphered`: 16 bytes; whether it is what was sent, S6 tells. */
export function decipherUpdateKey(KDC: Uint8Array, NTUPD: number, enciphered: Uint8Array): Uint8Array {
  requireKey(enciphered);
  return aesEcbDecrypt(deriveUpdateKey(KDC, NTUPD), enciphered);
}

/** KUP, 16 bytes: enciphers the key in one update and nothing else. */
export function deriveUpdateKey(KDC: Uint8Array, NTUPD: number): Uint8Array {
  return aesCmac(KDC, concat(UPDATE_KEY_DOMAIN, uintToBytes(NTUPD, 4)));
}

function collectionBytes({ PPPSAM, IDPSAM, NTCOL, DIGEST }: CollectionName): Uint8Array {
  if (DIGEST.length !== 32) throw new PursebenchError("PROTOCOL", `DIGEST has ${DIGEST.length} bytes, 32 are needed`);
  return concat(psamBytes({ PPPSAM, IDPSAM }), uintToBytes(NTCOL, 4), DIGEST);
}

/** PPPSAM 3, IDPSAM 4. */
function psamBytes({ PPPSAM, IDPSAM }: PsamIdentity): Uint8Array {
  if (PPPSAM.length === 6 && IDPSAM.length === 8) return fromHex(PPPSAM + IDPSAM);
  throw new PursebenchError("PROTOCOL", `PPPSAM "${PPPSAM}" and IDPSAM "${IDPSAM}" are not of 3 and 4 bytes`);
}

function mac(KDC: Uint8Array, ...signed: readonly Uint8Array[]): Uint8Array {
  return aesCmac(KDC, concat(...signed)).subarray(0, 8);
}
