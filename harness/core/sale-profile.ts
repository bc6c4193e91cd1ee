/** What was agreed for the sales of a merchant (`messages.md` 3a to 3d). The bench description says it, contract and page carry it. */

/** Who compares the card's signature with the expected one, and so decides: FIG 4, 5, 6, 7. */
export const COMPARISONS = ["psam", "payment-server", "head-end", "merchant"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Cipher suites of the encryption layer (`keys-and-signatures.md` 7), in the order of their codes 01, 02. */
export const CIPHER_SUITES = ["AES-128-GCM", "3DES-CBC-MAC"] as const;
export type CipherSuite = (typeof CIPHER_SUITES)[number];

export const CONFIRMATION_FORMS = ["sealed", "clear", "both"] as const;
export type ConfirmationForm = (typeof CONFIRMATION_FORMS)[number];

export interface SaleProfile {
  readonly comparison: Comparison;
  /** Suite of the encryption layer; undefined: no layer (FIG 8 absent). */
  readonly encryption: CipherSuite | undefined;
  readonly confirmation: ConfirmationForm;
  /** The payment server confirms to the merchant itself (link 238). */
  readonly direct: boolean;
}

/** The base payment, FIG 4. */
export const BASE_PROFILE: SaleProfile = {
  comparison: "psam",
  encryption: undefined,
  confirmation: "sealed",
  direct: false,
};

/** COMPARE: absent for the PSAM, else 1 to 3. */
export function compareCode(comparison: Comparison): number | undefined {
  const code = COMPARISONS.indexOf(comparison);
  return code === 0 ? undefined : code;
}

/** Undefined for a code that stands for nobody. */
export function comparisonOf(COMPARE: number | undefined): Comparison | undefined {
  return COMPARISONS[COMPARE ?? 0];
}

/** 0 without encryption layer, else the code of the suite. */
export function suiteCode(encryption: CipherSuite | undefined): number {
  return encryption === undefined ? 0 : CIPHER_SUITES.indexOf(encryption) + 1;
}

export function isCipherSuite(text: string): text is CipherSuite {
  return (CIPHER_SUITES as readonly string[]).includes(text);
}
