/** What the acquirer has told the payment server of a merchant. */
export interface MerchantContract {
  /** Contract key, 16 bytes (`keys-and-signatures.md`, section 5). */
  readonly KMER: Uint8Array;
  /** False: known, but payments are not accepted at present. */
  readonly active: boolean;
}

/** Contracts by IDMER; `undefined` for a merchant that nobody knows here. */
export type MerchantContracts = (IDMER: string) => MerchantContract | undefined;

/** A currency that this payment server serves: ISO 4217 numeric ("0978") and its decimals. */
export interface ServedCurrency {
  readonly CURR: string;
  readonly CEXP: number;
}
