import { fromHex, toHex } from "../../core/bytes.ts";
import { constantTimeEqual } from "../../crypto/constant-time.ts";
import { type HsmResult, signHsmResult } from "../../crypto/hsm-result.ts";
import { decipherMasterLoadKey, keyCheckValue } from "../../crypto/key-cryptogram.ts";
import {
  deriveLoadKey,
  deriveLoadSessionKeys,
  type LoadAlgorithm,
  type LoadSessionKeys,
} from "../../crypto/load-keys.ts";
import {
  type LoadCompletion,
  type LoadRequest,
  signLoadS1,
  signLoadS2,
  signLoadS3,
} from "../../crypto/load-signatures.ts";
import { isOddParity } from "../../crypto/parity.ts";

/** A load request and the master key of its issuer. */
export interface Keyed {
  readonly ALGL: LoadAlgorithm;
  /** 16 bytes. */
  readonly MKL: Uint8Array;
  readonly request: LoadRequest;
}

/** What an HSM decides with keys; a seeded defect is another one of these. Signatures are 16 hex digits. */
export interface HsmCrypto {
  /** MKL, 16 bytes, from its cryptogram (32 hex digits). */
  decipher(LMK: Uint8Array, KML: string): Uint8Array;
  hasRightParity(ALGL: LoadAlgorithm, MKL: Uint8Array): boolean;
  /** 6 hex digits. */
  checkValue(ALGL: LoadAlgorithm, key: Uint8Array): string;
  isS1(load: Keyed, S1: string): boolean;
  makeS2(load: Keyed, S1: string): string;
  isS3(load: Keyed, completion: LoadCompletion, S3: string): boolean;
  /** HRES. */
  makeResult(KLS: Uint8Array, result: HsmResult): string;
}

export const hsmCrypto: HsmCrypto = {
  decipher: (LMK, KML) => decipherMasterLoadKey(LMK, fromHex(KML)),
  hasRightParity: (ALGL, MKL) => ALGL !== 0x04 || isOddParity(MKL), // AES keys have none
  checkValue: (ALGL, key) => toHex(keyCheckValue(ALGL, key)),
  isS1: (load, S1) => constantTimeEqual(signLoadS1(load.ALGL, sessionKeys(load).KS1, load.request), fromHex(S1)),
  makeS2: (load, S1) => toHex(signLoadS2(load.ALGL, sessionKeys(load).KS2, load.request, fromHex(S1))),
  isS3: (load, completion, S3) =>
    constantTimeEqual(signLoadS3(load.ALGL, sessionKeys(load).KS3, load.request, completion), fromHex(S3)),
  makeResult: (KLS, result) => toHex(signHsmResult(KLS, result)),
};

function sessionKeys({ ALGL, MKL, request }: Keyed): LoadSessionKeys {
  const KDL = deriveLoadKey(ALGL, MKL, request.PPIEP, request.IDIEP);
  return deriveLoadSessionKeys(ALGL, KDL, request);
}
