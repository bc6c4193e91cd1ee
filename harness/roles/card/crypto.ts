import { fromHex } from "../../core/bytes.ts";
import { isCertifiedBy } from "../../crypto/certificate.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { decipherSessionKey, isSessionKeySigned } from "../../crypto/key-transport.ts";
import { type LoadCompletion, signLoadS1, signLoadS2, signLoadS3 } from "../../crypto/load-signatures.ts";
import { personalisationMac } from "../../crypto/personalisation.ts";
import { deriveSessionKeys, type SessionKeys } from "../../crypto/purse-keys.ts";
import { type Completion, signS2, signS3 } from "../../crypto/purse-signatures.ts";
import { partsOfPersoData } from "../../protocol/messages/personalise.ts";
import type { LoadSession } from "./load-request.ts";

/** One DEBIT IEP as the card's cryptography sees it. */
export interface DebitContext {
  readonly ALGIEP: number;
  /** The card's purchase key, or on a public key card the session key in its place; 32 hex digits. */
  readonly KDP: string;
  readonly NTIEP: number;
  /** 27 bytes, R in the last four. */
  readonly INITRSP: Uint8Array;
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
}

/** A session key as a PSAM presents it (keys-and-signatures.md 8). */
export interface PresentedKey {
  /** 6 digits and 8 hex digits, out of the PSAM's certificate. */
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** Key out of that certificate, 112 bytes. */
  readonly modulus: Uint8Array;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
  /** 112 bytes each. */
  readonly EK: Uint8Array;
  readonly SIG: Uint8Array;
}

/** The decisions of the card's cryptography; a seeded defect replaces one. */
export interface CardCrypto {
  /** True when S2 in DEBITDATA is the PSAM's, over this card's own INITRSP. */
  verifyS2(context: DebitContext, keys: SessionKeys): boolean;
  /** S3, 8 bytes. */
  signS3(context: DebitContext, keys: SessionKeys, completion: Completion): Uint8Array;
  /** True when the card's CA (modulus, 112 bytes) has signed the certificate (244 bytes). */
  verifyCertificate(ca: Uint8Array, certificate: Uint8Array): boolean;
  /** SK, 16 bytes, or null when SIG is wrong or EK cannot be deciphered. `privateKey`: the card's own, PKCS#8 in base64. */
  openSessionKey(privateKey: string, presented: PresentedKey): Uint8Array | null;
  /** S1 of a load, 8 bytes. */
  signS1(load: LoadSession): Uint8Array;
  /** True when S2 (8 bytes) is the HSM's, over this card's own request and `S1`. */
  verifyLoadS2(load: LoadSession, S1: Uint8Array, S2: Uint8Array): boolean;
  /** S3 of a load, 8 bytes. */
  signLoadS3(load: LoadSession, completion: LoadCompletion): Uint8Array;
  /** True when the MAC in PERSODATA (73 bytes) is the issuer's. */
  verifyPersonalisation(KDU: Uint8Array, PERSODATA: Uint8Array): boolean;
}

/** As keys-and-signatures.md says. */
export const cardCrypto: CardCrypto = {
  verifyS2({ ALGIEP, INITRSP, DEBITDATA }, { KS2 }) {
    return constantTimeEqual(signS2(ALGIEP, KS2, INITRSP, DEBITDATA), DEBITDATA.subarray(45, 53));
  },
  signS3({ ALGIEP, INITRSP, DEBITDATA }, { KS3 }, completion) {
    return signS3(ALGIEP, KS3, INITRSP, DEBITDATA, completion);
  },
  verifyCertificate: isCertifiedBy,
  openSessionKey(privateKey, { PPPSAM, IDPSAM, modulus, INITRSP, EK, SIG }) {
    if (!isSessionKeySigned(modulus, { PPPSAM, IDPSAM }, INITRSP, EK, SIG)) return null;
    return decipherSessionKey(privateKey, EK);
  },
  signS1({ ALGL, keys, request }) {
    return signLoadS1(ALGL, keys.KS1, request);
  },
  verifyLoadS2({ ALGL, keys, request }, S1, S2) {
    return constantTimeEqual(signLoadS2(ALGL, keys.KS2, request, S1), S2);
  },
  signLoadS3({ ALGL, keys, request }, completion) {
    return signLoadS3(ALGL, keys.KS3, request, completion);
  },
  verifyPersonalisation(KDU, PERSODATA) {
    return constantTimeEqual(personalisationMac(KDU, PERSODATA), partsOfPersoData(PERSODATA).MAC);
  },
};

/** Session keys for one debit; used and forgotten. */
export function sessionKeysOf({ ALGIEP, KDP, NTIEP, INITRSP }: DebitContext): SessionKeys {
  return deriveSessionKeys(ALGIEP, fromHex(KDP), NTIEP, INITRSP.subarray(23, 27));
}
