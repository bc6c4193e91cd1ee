/** Names of the accounts (load.md 7). An account is a name in one currency and exponent. */

/** Where initial balances come from: of each currency one, and the only one that may be negative. */
export const WORLD = "world";

/** A user's account at an account holder. */
export function customerAccount(IDMER: string, ACCOUNT: string): string {
  return `customer:${IDMER}:${ACCOUNT}`;
}

/** What an account holder has debited provisionally. */
export function holdAccount(IDMER: string): string {
  return `hold:${IDMER}`;
}

/**
 * The money that stands behind the cards of an issuer. Where a bank keeps the amounts that it loads and settles them itself,
 * they are a part of the pool of their own: name its IDMER as `keeper`.
 */
export function poolAccount(PPIEP: string, keeper?: string): string {
  return keeper === undefined ? `pool:${PPIEP}` : `pool:${PPIEP}@${keeper}`;
}

/** `ID`: IDACQUIRER, 8 digits. */
export function acquirerAccount(ID: string): string {
  return `acquirer:${ID}`;
}

export function merchantAccount(IDMER: string): string {
  return `merchant:${IDMER}`;
}

/** References of a load's transfers, by IDTRX. */
export const holdReference = (IDTRX: string): string => `hold/${IDTRX}`;
export const releaseReference = (IDTRX: string): string => `release/${IDTRX}`;
export const loadReference = (IDTRX: string): string => `load/${IDTRX}`;
