import type { SaleProfile } from "../../core/sale-profile.ts";

/** What the acquirer has told the payment server of a merchant. */
export interface MerchantContract {
  /** Contract key, 16 bytes (`keys-and-signatures.md`, section 5). */
  readonly KMER: Uint8Array;
  /** False: known, but payments are not accepted at present. */
  readonly active: boolean;
  /** What was agreed for its sales (`messages.md` 3a to 3c); the base payment when absent. */
  readonly profile?: SaleProfile | undefined;
  /** Shared key of the encryption layer, 16 bytes (`keys-and-signatures.md`, section 7). */
  readonly KSH?: Uint8Array | undefined;
  /** Only these terminals (IDTERM) serve it; any when absent. */
  readonly terminals?: readonly string[] | undefined;
  /** Where a contract with direct confirmation gets it (link 238): "https://shop.example:8443/status". */
  readonly statusUrl?: string | undefined;
}

/** Contracts by IDMER; `undefined` for a merchant that nobody knows here. */
export type MerchantContracts = (IDMER: string) => MerchantContract | undefined;

/** A currency that this payment server serves: ISO 4217 numeric ("0978") and its decimals. */
export interface ServedCurrency {
  readonly CURR: string;
  readonly CEXP: number;
}
