/**
 * The test key set (keys-and-signatures.md). Its values are secret by habit: they leave this object only through its
 * methods, never through JSON, logs or error messages.
 */
import { inspect } from "node:util";
import { equal, fromHex } from "../core/bytes.ts";
import { readCheckedYaml } from "../core/checked-yaml.ts";
import { PursebenchError } from "../core/errors.ts";
import { LoadTestKeySet, loadKeyLabel } from "./load-test-keys.ts";
import { modulusOf, type RsaKey } from "./rsa.ts";
import { type KeySet, KeySetFile } from "./test-key-file.ts";

export interface MerchantContract {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  readonly active: boolean;
  /** The payment server that knows it where the bench has no site of it; the merchants' when absent. */
  readonly server: "payment-server" | "head-end-payment-server";
}

/** Names a master purchase key without giving it. */
export interface KeyName {
  readonly PPIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
}

/** Test keys by name. */
export class TestKeySet extends LoadTestKeySet {
  readonly #masterKeys: ReadonlyMap<string, Uint8Array>;
  readonly #merchantKeys: ReadonlyMap<string, Uint8Array>;
  readonly #sharedKeys: ReadonlyMap<string, Uint8Array>;
  readonly #agentKeys: ReadonlyMap<string, Uint8Array>;
  readonly #publicKeys: KeySet["publicKeys"];
  /** Names of the master purchase keys there are. */
  readonly keyNames: readonly KeyName[];
  readonly merchants: readonly MerchantContract[];

  constructor(file: KeySet) {
    super(file);
    this.keyNames = file.masterPurchaseKeys.map(({ PPIEP, ALGIEP, VKIEP }) => ({ PPIEP, ALGIEP, VKIEP }));
    this.merchants = file.merchants.map(({ IDMER, contract, server = "payment-server" }) => ({
      IDMER,
      active: contract === "active",
      server,
    }));
    this.#masterKeys = new Map(file.masterPurchaseKeys.map((key) => [label(key), fromHex(key.MKP)]));
    this.#merchantKeys = keysOfMerchants(file, "KMER");
    this.#sharedKeys = keysOfMerchants(file, "KSH");
    this.#agentKeys = keysOfMerchants(file, "KTA");
    this.#publicKeys = file.publicKeys;
  }

  /** MKP, 16 bytes (a copy). */
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined {
    return this.#masterKeys.get(label({ PPIEP, ALGIEP, VKIEP }))?.slice();
  }

  /** KMER of a merchant or an account holder, 16 bytes (a copy), whatever the state of the contract. */
  merchantKey(IDMER: string): Uint8Array | undefined {
    return this.#merchantKeys.get(IDMER)?.slice();
  }

  /** KSH of merchant and payment server, or of account holder and load server, 16 bytes (a copy), where they have the encryption layer. */
  sharedKey(IDMER: string): Uint8Array | undefined {
    return this.#sharedKeys.get(IDMER)?.slice();
  }

  /** KTA of the merchant and of the head end that it trusts, 16 bytes (a copy). */
  agentKey(IDMER: string): Uint8Array | undefined {
    return this.#agentKeys.get(IDMER)?.slice();
  }

  /** Modulus of the CA of (PPIEP, VKIEP), 112 bytes. */
  caPublicKey(PPIEP: string, VKIEP: number): Uint8Array | undefined {
    const key = this.caPrivateKey(PPIEP, VKIEP);
    return key === undefined ? undefined : modulusOf(key);
  }

  /** PKCS#8, base64. */
  caPrivateKey(PPIEP: string, VKIEP: number): string | undefined {
    return this.#publicKeys?.authorities.find((ca) => ca.PPIEP === PPIEP && ca.VKIEP === VKIEP)?.key;
  }

  issuerKey(PPIEP: string): RsaKey | undefined {
    return rsaKey(this.#publicKeys?.issuers.find((issuer) => issuer.PPIEP === PPIEP)?.key);
  }

  /** All test PSAMs have the same key; what tells them apart is their certificate. */
  psamKey(_IDPSAM: string): RsaKey | undefined {
    return rsaKey(this.#publicKeys?.psam);
  }

  /** `name`: as in the key set. */
  cardKey(name: string): RsaKey | undefined {
    return rsaKey(this.#publicKeys?.cards.find((card) => card.name === name)?.key);
  }

  /** PKCS#8, base64, of the test card whose key has this modulus (112 bytes). */
  cardPrivateKey(modulus: Uint8Array): string | undefined {
    return this.#publicKeys?.cards.find(({ key }) => equal(modulusOf(key), modulus))?.key;
  }

  toJSON(): string {
    return "test key set";
  }

  [inspect.custom](): string {
    return "TestKeySet { … }";
  }
}

/** Reads `fixtures/keys/*.yaml`. Throws `USAGE` with file, line and what was expected; never tells a key. */
export function loadTestKeys(text: string, fileName: string): TestKeySet {
  const file = readCheckedYaml(text, fileName, KeySetFile);
  refuseTwins(file.masterPurchaseKeys.map(label), fileName, "master key");
  const holders = [...file.merchants, ...file.accountHolders].map(({ IDMER }) => IDMER);
  const issuers = file.masterUpdateKeys.map(({ PPIEP }) => PPIEP);
  const servers = file.loadServers.map(({ IDACQ }) => IDACQ);
  refuseTwins(holders, fileName, "merchant or account holder");
  refuseTwins(file.masterLoadKeys.map(loadKeyLabel), fileName, "master load key");
  refuseTwins(issuers, fileName, "master update key of");
  refuseTwins(servers, fileName, "load server");
  return new TestKeySet(file);
}

function keysOfMerchants(file: KeySet, name: "KMER" | "KSH" | "KTA"): ReadonlyMap<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const merchant of file.merchants) {
    const key = merchant[name];
    if (key !== undefined) keys.set(merchant.IDMER, fromHex(key));
  }
  if (name !== "KTA") for (const holder of file.accountHolders) keys.set(holder.IDMER, fromHex(holder[name]));
  return keys;
}

function rsaKey(privateKey: string | undefined): RsaKey | undefined {
  return privateKey === undefined ? undefined : { modulus: modulusOf(privateKey), privateKey };
}

function label({ PPIEP, ALGIEP, VKIEP }: KeyName): string {
  return `${PPIEP}/${ALGIEP}/${VKIEP}`;
}

function refuseTwins(names: readonly string[], fileName: string, what: string): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new PursebenchError("USAGE", `${fileName}: ${what} ${twin} is there twice`);
}
