/** The load keys of a purse (keys-and-signatures.md, section 9). All have 16 bytes. */
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { PUBLIC_KEY, requireAlgorithm } from "./algorithm.ts";
import { type LoadElements, loadElements } from "./load-elements.ts";
import { deriveCardKey } from "./purse-keys.ts";

/** 04 two-key triple DES, 05 AES-128. */
export type LoadAlgorithm = 0x04 | 0x05;

export interface LoadSessionKeys {
  /** The card proves that it takes part in this load, before it. */
  readonly KS1: Uint8Array;
  /** The HSM proves itself to the card. */
  readonly KS2: Uint8Array;
  /** The card proves how the load ended. */
  readonly KS3: Uint8Array;
}

const KS1_LABEL = 0x21;
const KS2_LABEL = 0x22;
const KS3_LABEL = 0x23;

/** ALGL, the algorithm that a card loads with: its own, or triple DES for a public key card. Throws `PROTOCOL` for an unknown ALGIEP. */
export function loadAlgorithm(ALGIEP: number): LoadAlgorithm {
  return requireLoadAlgorithm(ALGIEP === PUBLIC_KEY ? 0x04 : ALGIEP);
}

/** Whether the profile has that ALGL. */
export function isLoadAlgorithm(ALGL: number): ALGL is LoadAlgorithm {
  return ALGL === 0x04 || ALGL === 0x05;
}

/**
 * KDL, the load key of one card, from the issuer's master load key MKL, as KDP from MKP. `PPIEP`: 6 digits, `IDIEP`: 10
 * digits. Throws `PROTOCOL` for an ALGL that is none (that of public key cards is 04), or for identifiers of another length.
 */
export function deriveLoadKey(ALGL: number, MKL: Uint8Array, PPIEP: string, IDIEP: string): Uint8Array {
  return deriveCardKey(requireLoadAlgorithm(ALGL), MKL, PPIEP, IDIEP);
}

/** The keys of one load, from KDL and the card's NTIEP and challenge. Throws `PROTOCOL` for elements that do not fit. */
export function deriveLoadSessionKeys(
  ALGL: number,
  KDL: Uint8Array,
  card: Pick<LoadElements, "NTIEP" | "R">,
): LoadSessionKeys {
  const tail = concat(loadElements(card, "NTIEP", "R"), Uint8Array.of(0x80));
  const seeds = [KS1_LABEL, KS2_LABEL, KS3_LABEL].map((label) => concat(Uint8Array.of(label), tail));
  const [KS1, KS2, KS3] = requireAlgorithm(requireLoadAlgorithm(ALGL)).deriveKeys(KDL, concat(...seeds));
  if (!KS1 || !KS2 || !KS3) throw new PursebenchError("INTERNAL", "three seeds did not give three keys");
  return { KS1, KS2, KS3 };
}

/** Throws `PROTOCOL` for an ALGL that is none. */
export function requireLoadAlgorithm(ALGL: number): LoadAlgorithm {
  if (isLoadAlgorithm(ALGL)) return ALGL;
  throw new PursebenchError("PROTOCOL", `ALGL ${ALGL} is neither 04 nor 05`);
}
