/** The purchase keys of a purse (keys-and-signatures.md, section 2). All have 16 bytes. */
import { concat, fromHex, uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { PUBLIC_KEY, requireAlgorithm } from "./algorithm.ts";

export interface SessionKeys {
  /** The PSAM proves itself to the card with it. */
  readonly KS2: Uint8Array;
  /** The card proves itself to the PSAM with it. */
  readonly KS3: Uint8Array;
}

const KS2_LABEL = 0x12;
const KS3_LABEL = 0x13;

/**
 * KDP, the purchase key of one card, from the issuer's master key MKP.
 * `PPIEP`: 6 digits, `IDIEP`: 10 digits. Throws `PROTOCOL` for an unknown ALGIEP, for that of public key cards, which have
 * no such key, or for identifiers of another length.
 */
export function deriveCardKey(ALGIEP: number, MKP: Uint8Array, PPIEP: string, IDIEP: string): Uint8Array {
  if (PPIEP.length !== 6 || IDIEP.length !== 10) {
    throw new PursebenchError("PROTOCOL", `PPIEP "${PPIEP}" and IDIEP "${IDIEP}" are not of 3 and 5 bytes`);
  }
  if (ALGIEP === PUBLIC_KEY) throw new PursebenchError("PROTOCOL", "a public key card has no key from a master key");
  return first(requireAlgorithm(ALGIEP).deriveKeys(MKP, fromHex(PPIEP + IDIEP)));
}

/** The keys of one transaction from the card key (with ALGIEP 10 from the session key SK in its place), NTIEP (0..FFFF) and the card's challenge R (4 bytes). */
export function deriveSessionKeys(ALGIEP: number, KDP: Uint8Array, NTIEP: number, R: Uint8Array): SessionKeys {
  if (R.length !== 4) throw new PursebenchError("PROTOCOL", `R has ${R.length} bytes, 4 are needed`);
  const NT = uintToBytes(NTIEP, 2);
  const seeds = concat(seed(KS2_LABEL, NT, R), seed(KS3_LABEL, NT, R));
  const [KS2, KS3] = requireAlgorithm(ALGIEP).deriveKeys(KDP, seeds);
  if (!KS2 || !KS3) throw new PursebenchError("INTERNAL", "two seeds did not give two keys");
  return { KS2, KS3 };
}

function seed(label: number, NT: Uint8Array, R: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(label), NT, R, Uint8Array.of(0x80));
}

function first(keys: readonly Uint8Array[]): Uint8Array {
  const [key] = keys;
  if (!key) throw new PursebenchError("INTERNAL", "a seed gave no key");
  return key;
}
