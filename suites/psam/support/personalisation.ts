/**
 * What a security card under test holds: the content of `fixtures/psams/psam-1.yaml`, whatever its own name and history. Counters and totals
 * are read from it; keys, currencies and the list of blocked cards cannot be, and stand here.
 */

export interface KeyName {
  readonly PPIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
}

export interface Currency {
  readonly CURRIEP: string;
  readonly CEXPIEP: number;
}

/** Master purchase keys. */
export const HELD_KEYS: readonly KeyName[] = [
  { PPIEP: "000123", ALGIEP: 4, VKIEP: 1 },
  { PPIEP: "000123", ALGIEP: 4, VKIEP: 2 },
  { PPIEP: "000123", ALGIEP: 5, VKIEP: 1 },
  { PPIEP: "000456", ALGIEP: 4, VKIEP: 1 },
];

/** The CA whose public key cards are accepted. */
export const PUBLIC_PROGRAM: KeyName = { PPIEP: "000123", ALGIEP: 0x10, VKIEP: 1 };

export const PROGRAMS: readonly KeyName[] = [...HELD_KEYS, PUBLIC_PROGRAM];

/** A provider of which the security card has no key, and no test key of which is given to it. */
export const NO_PROVIDER = "000777";

export const CURRENCIES: readonly Currency[] = [
  { CURRIEP: "0978", CEXPIEP: 2 },
  { CURRIEP: "0392", CEXPIEP: 0 },
  { CURRIEP: "0414", CEXPIEP: 3 },
  { CURRIEP: "0999", CEXPIEP: 0 },
];

export const BLOCKED_CARD = { PPIEP: "000123", IDIEP: "0000004716" };
