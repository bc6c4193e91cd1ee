/** Keys as they leave an HSM: enciphered under its local master key, or as a check value (keys-and-signatures.md, section 9; hsm-edge.md 1). */
import { aesEcb } from "./aes.ts";
import { requireKey } from "./key-length.ts";
import { type LoadAlgorithm, requireLoadAlgorithm } from "./load-keys.ts";
import { unsafeTripleDesEcb, unsafeTripleDesEcbDecrypt } from "./unsafe-des.ts";

/** Variant 2 of a local master key: its first byte xor this. Each use of LMK has a variant of its own. */
const VARIANT_2 = 0x5a;
const CHECK_VALUE_LENGTH = 3;
const DES_ZEROS = new Uint8Array(8);
const AES_ZEROS = new Uint8Array(16);

/** KML, 16 bytes: MKL under variant 2 of LMK, by triple DES whatever MKL is used with. */
export function encipherMasterLoadKey(LMK: Uint8Array, MKL: Uint8Array): Uint8Array {
  requireKey(MKL);
  return unsafeTripleDesEcb(variant2(LMK), MKL);
}

/** The 16 bytes that KML holds: any 16 bytes hold something, so compare its check value. Throws `INTERNAL` for another length. */
export function decipherMasterLoadKey(LMK: Uint8Array, KML: Uint8Array): Uint8Array {
  requireKey(KML);
  return unsafeTripleDesEcbDecrypt(variant2(LMK), KML);
}

/** Check value of a key of that algorithm, the first 3 bytes of one block of zeros enciphered under it; of LMK with 04. */
export function keyCheckValue(ALGL: LoadAlgorithm, key: Uint8Array): Uint8Array {
  const isTripleDes = requireLoadAlgorithm(ALGL) === 0x04;
  const block = isTripleDes ? unsafeTripleDesEcb(key, DES_ZEROS) : aesEcb(key, AES_ZEROS);
  return block.slice(0, CHECK_VALUE_LENGTH);
}

function variant2(LMK: Uint8Array): Uint8Array {
  requireKey(LMK);
  return LMK.map((byte, index) => (index === 0 ? byte ^ VARIANT_2 : byte));
}
