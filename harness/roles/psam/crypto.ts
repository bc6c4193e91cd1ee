import { fromHex, toHex } from "../../core/bytes.ts";
import { isCertifiedBy } from "../../crypto/certificate.ts";
import {
  type Collection,
  type CollectionName,
  decipherUpdateKey,
  signS4,
  signS5,
  signS6,
} from "../../crypto/collection.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import {
  encipherSessionKey,
  type PsamIdentity,
  signSessionKey,
  type TransportedKey,
} from "../../crypto/key-transport.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../crypto/purse-keys.ts";
import { type Completion, signS2, signS3 } from "../../crypto/purse-signatures.ts";

/** One card in one transaction as the PSAM's cryptography sees it. */
export interface PurseContext {
  readonly ALGIEP: number;
  /** Master purchase key for this card, 32 hex digits; empty for a public key card. */
  readonly MKP: string;
  /** Session key of a public key card, 32 hex digits. */
  readonly SK?: string;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
}

/** One session key on its way to a public key card. */
export interface KeyTransport {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
  /** Key out of the card's certificate, 112 bytes. */
  readonly modulus: Uint8Array;
  /** 112 fresh random bytes. */
  readonly z: Uint8Array;
}

/** The decisions of the PSAM's cryptography; a seeded defect replaces one. */
export interface PsamCrypto {
  /** S2, 8 bytes, over INITRSP and the first 45 bytes of DEBITDATA. */
  signS2(context: PurseContext, debitData: Uint8Array): Uint8Array;
  /** The S3 that the card must answer, 8 bytes: the PSAM can state it before the card has spoken. */
  expectS3(context: PurseContext, DEBITDATA: Uint8Array, completion: Completion): Uint8Array;
  /** True when the holder of that key (modulus, 112 bytes) has signed the certificate (244 bytes). */
  verifyCertificate(authority: Uint8Array, certificate: Uint8Array): boolean;
  /** SK 16 bytes, EK 112, SIG 112. `signingKey`: the PSAM's own, PKCS#8 in base64. */
  sendSessionKey(signingKey: string, transport: KeyTransport): TransportedKey & { readonly SIG: Uint8Array };
  /** True when `S3` (8 bytes) is the card's signature over that completion of that debit. */
  verifyS3(context: PurseContext, DEBITDATA: Uint8Array, completion: Completion, S3: Uint8Array): boolean;
  /** S4, 8 bytes, over a collection. `KDC` here and below: 32 hex digits. */
  signS4(KDC: string, collection: Collection): Uint8Array;
  /** True when `S5` (8 bytes) is the clearing system's acknowledgement of that collection. */
  verifyS5(KDC: string, collection: CollectionName, S5: Uint8Array): boolean;
  /** True when `S6` (8 bytes) is the clearing system's signature over an update (14 to 30 bytes) for that PSAM. */
  verifyS6(KDC: string, psam: PsamIdentity, unsigned: Uint8Array, S6: Uint8Array): boolean;
  /** The MKP in the update of that number, 32 hex digits. `enciphered`: 16 bytes. */
  decipherUpdateKey(KDC: string, NTUPD: number, enciphered: Uint8Array): string;
}

/** As keys-and-signatures.md says. */
export const psamCrypto: PsamCrypto = {
  signS2(context, debitData) {
    return signS2(context.ALGIEP, sessionKeysOf(context).KS2, context.INITRSP, debitData);
  },
  expectS3: expectedS3,
  verifyCertificate: isCertifiedBy,
  sendSessionKey(signingKey, { PPPSAM, IDPSAM, INITRSP, modulus, z }) {
    const { SK, EK } = encipherSessionKey(modulus, z);
    return { SK, EK, SIG: signSessionKey(signingKey, { PPPSAM, IDPSAM }, INITRSP, EK) };
  },
  verifyS3(context, DEBITDATA, completion, S3) {
    return constantTimeEqual(expectedS3(context, DEBITDATA, completion), S3);
  },
  signS4(KDC, collection) {
    return signS4(fromHex(KDC), collection);
  },
  verifyS5(KDC, collection, S5) {
    return constantTimeEqual(signS5(fromHex(KDC), collection), S5);
  },
  verifyS6(KDC, psam, unsigned, S6) {
    return constantTimeEqual(signS6(fromHex(KDC), psam, unsigned), S6);
  },
  decipherUpdateKey(KDC, NTUPD, enciphered) {
    return toHex(decipherUpdateKey(fromHex(KDC), NTUPD, enciphered));
  },
};

/** The S3 that the card must answer to that debit. */
export function expectedS3(context: PurseContext, DEBITDATA: Uint8Array, completion: Completion): Uint8Array {
  return signS3(context.ALGIEP, sessionKeysOf(context).KS3, context.INITRSP, DEBITDATA, completion);
}

/** Session keys from the card's key, which follows from the master key or was sent to a public key card; used and forgotten. */
export function sessionKeysOf(context: PurseContext): SessionKeys {
  const { ALGIEP, INITRSP } = context;
  const NTIEP = ((INITRSP[20] ?? 0) << 8) | (INITRSP[21] ?? 0);
  return deriveSessionKeys(ALGIEP, cardKeyOf(context), NTIEP, INITRSP.subarray(23, 27));
}

function cardKeyOf({ ALGIEP, MKP, SK, INITRSP }: PurseContext): Uint8Array {
  if (SK !== undefined) return fromHex(SK);
  return deriveCardKey(ALGIEP, fromHex(MKP), toHex(INITRSP.subarray(0, 3)), toHex(INITRSP.subarray(3, 8)));
}
