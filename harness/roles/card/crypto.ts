import { fromHex } from "../../core/bytes.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { deriveSessionKeys, type SessionKeys } from "../../crypto/purse-keys.ts";
import { type Completion, signS2, signS3 } from "../../crypto/purse-signatures.ts";

/** One DEBIT IEP as the card's cryptography sees it. */
export interface DebitContext {
  readonly ALGIEP: number;
  /** The card's purchase key, 32 hex digits. */
  readonly KDP: string;
  readonly NTIEP: number;
  /** 27 bytes, R in the last four. */
  readonly INITRSP: Uint8Array;
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
}

/** The two decisions of the card's cryptography; a seeded defect replaces one. */
export interface CardCrypto {
  /** True when S2 in DEBITDATA is the PSAM's, over this card's own INITRSP. */
  verifyS2(context: DebitContext, keys: SessionKeys): boolean;
  /** S3, 8 bytes. */
  signS3(context: DebitContext, keys: SessionKeys, completion: Completion): Uint8Array;
}

/** As keys-and-signatures.md says. */
export const cardCrypto: CardCrypto = {
  verifyS2({ ALGIEP, INITRSP, DEBITDATA }, { KS2 }) {
    return constantTimeEqual(signS2(ALGIEP, KS2, INITRSP, DEBITDATA), DEBITDATA.subarray(45, 53));
  },
  signS3({ ALGIEP, INITRSP, DEBITDATA }, { KS3 }, completion) {
    return signS3(ALGIEP, KS3, INITRSP, DEBITDATA, completion);
  },
};

/** Session keys for one debit; used and forgotten. */
export function sessionKeysOf({ ALGIEP, KDP, NTIEP, INITRSP }: DebitContext): SessionKeys {
  return deriveSessionKeys(ALGIEP, fromHex(KDP), NTIEP, INITRSP.subarray(23, 27));
}
