import { fromHex, toHex } from "../../core/bytes.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { deriveCardKey, deriveSessionKeys, type SessionKeys } from "../../crypto/purse-keys.ts";
import { type Completion, signS2, signS3 } from "../../crypto/purse-signatures.ts";

/** One card in one transaction as the PSAM's cryptography sees it. */
export interface PurseContext {
  readonly ALGIEP: number;
  /** Master purchase key for this card, 32 hex digits. */
  readonly MKP: string;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
}

/** The decisions of the PSAM's cryptography; a seeded defect replaces one. */
export interface PsamCrypto {
  /** S2, 8 bytes, over INITRSP and the first 45 bytes of DEBITDATA. */
  signS2(context: PurseContext, debitData: Uint8Array): Uint8Array;
  /** True when `S3` (8 bytes) is the card's signature over that completion of that debit. */
  verifyS3(context: PurseContext, DEBITDATA: Uint8Array, completion: Completion, S3: Uint8Array): boolean;
}

/** As keys-and-signatures.md says. */
export const psamCrypto: PsamCrypto = {
  signS2(context, debitData) {
    return signS2(context.ALGIEP, sessionKeysOf(context).KS2, context.INITRSP, debitData);
  },
  verifyS3(context, DEBITDATA, completion, S3) {
    return constantTimeEqual(expectedS3(context, DEBITDATA, completion), S3);
  },
};

/** The S3 that the card must answer: the PSAM can state it before the card has spoken. */
export function expectedS3(context: PurseContext, DEBITDATA: Uint8Array, completion: Completion): Uint8Array {
  return signS3(context.ALGIEP, sessionKeysOf(context).KS3, context.INITRSP, DEBITDATA, completion);
}

/** Session keys from the master key, by way of the card's key; used and forgotten. */
export function sessionKeysOf({ ALGIEP, MKP, INITRSP }: PurseContext): SessionKeys {
  const PPIEP = toHex(INITRSP.subarray(0, 3));
  const IDIEP = toHex(INITRSP.subarray(3, 8));
  const NTIEP = ((INITRSP[20] ?? 0) << 8) | (INITRSP[21] ?? 0);
  return deriveSessionKeys(ALGIEP, deriveCardKey(ALGIEP, fromHex(MKP), PPIEP, IDIEP), NTIEP, INITRSP.subarray(23, 27));
}
