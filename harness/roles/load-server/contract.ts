import type { CipherSuite } from "../../core/sale-profile.ts";
import type { LoadSource } from "../../protocol/messages/load-source.ts";

/** What the load server has agreed with an account holder: a bank, or who runs a pre-funded account (`load.md`). */
export interface LoadContract {
  readonly source: LoadSource;
  /** False: known, but loads are not accepted at present. */
  readonly active: boolean;
  /** Of the encryption layer. */
  readonly suite: CipherSuite;
  /** Contract key, 16 bytes. */
  readonly KMER: Uint8Array;
  /** Shared key of the encryption layer, 16 bytes. */
  readonly KSH: Uint8Array;
}

/** Contracts by IDMER; `undefined` for an account holder that nobody knows here. */
export type LoadContracts = (IDMER: string) => LoadContract | undefined;

/** A master load key as a load server holds it: under the LMK of its HSM (`keys-and-signatures.md` 9). */
export interface KeyCryptogram {
  /** 6 digits. */
  readonly PPIEP: string;
  /** 4 or 5. */
  readonly ALGL: number;
  readonly VKIEP: number;
  /** 32 hex digits. */
  readonly KML: string;
}

/** What a load server is, whoever connects. */
export interface LoadSettings {
  /** Its number, 8 digits. */
  readonly IDACQ: string;
  /** Shared with its HSM, 16 bytes. */
  readonly KLS: Uint8Array;
  readonly cryptograms: readonly KeyCryptogram[];
  /** Currencies that it serves: ISO 4217 numeric ("0978") and decimals. */
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
}
