/** The part of the test key set that loading, collection and personalisation use (keys-and-signatures.md, sections 9 to 11). */
import { fromHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import type { KeySet } from "./test-key-file.ts";

/** Names a master load key without giving it. */
export interface LoadKeyName {
  readonly PPIEP: string;
  /** 4 triple DES, 5 AES-128. */
  readonly ALGL: number;
  readonly VKIEP: number;
  /** Whether the HSMs have it: cards of the others exist, and are not loaded. */
  readonly hsm: boolean;
}

/** An account holder that has or had a contract with the load server. */
export interface AccountHolderContract {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  readonly source: "bank" | "pre-funded";
  /** Suite of the encryption layer by contract; KSH is a key of it. */
  readonly suite: CipherSuite;
  readonly active: boolean;
}

/** Keys of loading by name; every method gives a copy of 16 bytes. KMER and KSH of account holders are found as those of merchants. */
export class LoadTestKeySet {
  readonly #masterLoadKeys: ReadonlyMap<string, Uint8Array>;
  readonly #masterUpdateKeys: ReadonlyMap<string, Uint8Array>;
  readonly #loadServerKeys: ReadonlyMap<string, Uint8Array>;
  readonly #masterCollectionKey: Uint8Array | undefined;
  readonly #localMasterKey: Uint8Array | undefined;
  /** Names of the master load keys there are. */
  readonly loadKeyNames: readonly LoadKeyName[];
  /** IDACQ of the load servers that have a key, 8 digits each. */
  readonly loadServers: readonly string[];
  readonly accountHolders: readonly AccountHolderContract[];

  constructor(file: KeySet) {
    const { masterLoadKeys, masterUpdateKeys, loadServers, accountHolders } = file;
    this.loadKeyNames = masterLoadKeys.map(({ MKL: _, hsm, ...name }) => ({ ...name, hsm: hsm !== "no" }));
    this.loadServers = loadServers.map(({ IDACQ }) => IDACQ);
    this.accountHolders = accountHolders.map(({ IDMER, source, suite, contract }) => ({
      IDMER,
      source,
      suite,
      active: contract === "active",
    }));
    this.#masterLoadKeys = new Map(masterLoadKeys.map((key) => [loadKeyLabel(key), fromHex(key.MKL)]));
    this.#masterUpdateKeys = new Map(masterUpdateKeys.map(({ PPIEP, MKU }) => [PPIEP, fromHex(MKU)]));
    this.#loadServerKeys = new Map(loadServers.map(({ IDACQ, KLS }) => [IDACQ, fromHex(KLS)]));
    this.#masterCollectionKey = file.masterCollectionKey === undefined ? undefined : fromHex(file.masterCollectionKey);
    this.#localMasterKey = file.localMasterKey === undefined ? undefined : fromHex(file.localMasterKey);
  }

  /** MKL, whether or not the HSMs have it. `ALGL`: 4 or 5, that of the card (`loadAlgorithm`). */
  masterLoadKey(PPIEP: string, ALGL: number, VKIEP: number): Uint8Array | undefined {
    return this.#masterLoadKeys.get(loadKeyLabel({ PPIEP, ALGL, VKIEP }))?.slice();
  }

  /** MKU of an issuer. */
  masterUpdateKey(PPIEP: string): Uint8Array | undefined {
    return this.#masterUpdateKeys.get(PPIEP)?.slice();
  }

  /** MKC of the clearing system. */
  masterCollectionKey(): Uint8Array | undefined {
    return this.#masterCollectionKey?.slice();
  }

  /** LMK of the HSM. */
  localMasterKey(): Uint8Array | undefined {
    return this.#localMasterKey?.slice();
  }

  /** KLS of a load server and its HSM. */
  loadServerKey(IDACQ: string): Uint8Array | undefined {
    return this.#loadServerKeys.get(IDACQ)?.slice();
  }
}

/** A master load key as it is named to people. */
export function loadKeyLabel({ PPIEP, ALGL, VKIEP }: Omit<LoadKeyName, "hsm">): string {
  return `${PPIEP}/${ALGL}/${VKIEP}`;
}
