import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { loadAlgorithm } from "./load-keys.ts";
import { isOddParity } from "./parity.ts";
import { isModulus, modulusOf } from "./rsa.ts";
import { loadTestKeys } from "./test-keys.ts";

const TEXT = readFileSync(new URL("../../fixtures/keys/test-keys.yaml", import.meta.url), "utf8");
const NONE = new Uint8Array(0);
const SECRET = "0123456789ABCDEFFEDCBA9876543210";

function fault(text: string): string {
  try {
    loadTestKeys(text, "keys.yaml");
  } catch (error) {
    return String(error);
  }
  throw new Error("the key set was accepted");
}

describe("the standard test key set", () => {
  it("holds different keys only, those for triple DES with odd parity", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    const masters = keys.keyNames.map((name) => keys.masterPurchaseKey(name.PPIEP, name.ALGIEP, name.VKIEP));
    const ofMerchants = keys.merchants.flatMap(({ IDMER }) => [
      keys.merchantKey(IDMER) ?? NONE,
      ...[keys.sharedKey(IDMER), keys.agentKey(IDMER)].filter((key) => key !== undefined),
    ]);
    const all = [...masters, ...ofMerchants];
    expect(all.every((key) => key?.length === 16)).toBe(true);
    expect(new Set(all.map((key) => toHex(key ?? NONE))).size).toBe(all.length);
    keys.keyNames.forEach(({ ALGIEP }, index) => {
      if (ALGIEP === 4) expect(isOddParity(masters[index] ?? Uint8Array.of(0))).toBe(true);
    });
  });

  it("knows its merchants and which contract has ended", () => {
    const { merchants } = loadTestKeys(TEXT, "test-keys.yaml");
    expect(merchants.filter(({ active }) => !active).map(({ IDMER }) => IDMER)).toEqual(["MER00003", "CAB00003"]);
    expect(merchants.filter(({ IDMER }) => IDMER.startsWith("MER"))).toHaveLength(3 + 8 + 8);
    expect(merchants.filter(({ IDMER }) => IDMER.startsWith("CAB"))).toHaveLength(1 + 12);
  });

  it("has shared keys for those with the encryption layer, of odd parity for triple DES", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    for (const { IDMER } of keys.merchants) {
      const KSH = keys.sharedKey(IDMER);
      expect(KSH !== undefined).toBe(/[12][4-7]$/.test(IDMER));
      if (KSH && /2[4-7]$/.test(IDMER)) {
        expect(isOddParity(KSH)).toBe(true);
        expect(KSH.slice(0, 8)).not.toEqual(KSH.slice(8));
      }
      expect(keys.agentKey(IDMER) !== undefined).toBe(/[012]6$/.test(IDMER));
    }
  });

  it("has RSA keys of CAs, issuers, PSAMs and cards, all different", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    const moduli = [
      keys.caPublicKey("000123", 1),
      keys.caPublicKey("000123", 9),
      keys.issuerKey("000123")?.modulus,
      keys.issuerKey("000999")?.modulus,
      keys.psamKey("00A10001")?.modulus,
      keys.cardKey("rsa")?.modulus,
      keys.cardKey("rsa-second")?.modulus,
    ];
    expect(moduli.every((modulus) => modulus !== undefined && isModulus(modulus))).toBe(true);
    expect(new Set(moduli.map((modulus) => toHex(modulus ?? NONE))).size).toBe(moduli.length);
    expect(modulusOf(keys.caPrivateKey("000123", 1) ?? "")).toEqual(moduli[0]);
    expect(keys.caPublicKey("000123", 2)).toBeUndefined();
    expect(keys.cardKey("specimen")).toBeUndefined();
    expect(keys.cardPrivateKey(keys.cardKey("rsa")?.modulus ?? NONE)).toBe(keys.cardKey("rsa")?.privateKey);
    expect(keys.cardPrivateKey(keys.issuerKey("000123")?.modulus ?? NONE)).toBeUndefined();
  });

  it("has the keys of loading, collection and personalisation: different ones, those of triple DES with odd parity", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    const MKL = keys.loadKeyNames.map(({ PPIEP, ALGL, VKIEP }) => keys.masterLoadKey(PPIEP, ALGL, VKIEP));
    const others = [keys.masterUpdateKey("000123"), keys.masterUpdateKey("000456"), keys.masterCollectionKey()];
    const KLS = keys.loadServers.map((IDACQ) => keys.loadServerKey(IDACQ));
    const ofHolders = keys.accountHolders.flatMap(({ IDMER }) => [keys.merchantKey(IDMER), keys.sharedKey(IDMER)]);
    const MKP = keys.keyNames.map((name) => keys.masterPurchaseKey(name.PPIEP, name.ALGIEP, name.VKIEP));
    const all = [...MKL, ...others, keys.localMasterKey(), ...KLS, ...ofHolders, ...MKP].map((key) =>
      toHex(key ?? NONE),
    );
    expect(new Set(all).size).toBe(6 + 3 + 1 + 2 + 16 + 6);
    expect(all.every((key) => key.length === 32)).toBe(true);
    for (const key of [...MKL, keys.localMasterKey()]) expect(isOddParity(key ?? Uint8Array.of(0))).toBe(true);
    for (const { IDMER, suite } of keys.accountHolders) {
      expect(isOddParity(keys.sharedKey(IDMER) ?? NONE)).toBe(suite === "3DES-CBC-MAC");
    }
  });

  it("knows its account holders, and the load keys that no HSM has", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    expect(keys.accountHolders.map(({ IDMER, source, suite, active }) => [IDMER, source, suite, active])).toEqual([
      ["BNK00001", "bank", "AES-128-GCM", true],
      ["BNK00002", "bank", "3DES-CBC-MAC", true],
      ["BNK00003", "bank", "AES-128-GCM", false],
      ["BNK00004", "bank", "AES-128-GCM", true],
      ["FND00001", "pre-funded", "AES-128-GCM", true],
      ["FND00002", "pre-funded", "3DES-CBC-MAC", true],
      ["FND00003", "pre-funded", "AES-128-GCM", false],
      ["FND00004", "pre-funded", "AES-128-GCM", true],
    ]);
    expect(keys.loadKeyNames.filter(({ hsm }) => !hsm).map(({ PPIEP, VKIEP }) => `${PPIEP}/${VKIEP}`)).toEqual([
      "000123/9",
      "000999/1",
    ]);
    expect(keys.loadServers).toEqual(["00057001", "00057002"]);
    expect(keys.masterLoadKey("000123", 16, 1)).toBeUndefined();
    expect(keys.loadServerKey("00057003")).toBeUndefined();
  });

  it("has a master load key for every purse that has a master purchase key, and for public key cards", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    for (const { PPIEP, ALGIEP, VKIEP } of [...keys.keyNames, { PPIEP: "000123", ALGIEP: 16, VKIEP: 1 }]) {
      expect(keys.masterLoadKey(PPIEP, loadAlgorithm(ALGIEP), VKIEP)).toHaveLength(16);
    }
  });

  it("gives copies, so that nobody can change a key for others", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    for (const key of [
      () => keys.merchantKey("MER00016"),
      () => keys.sharedKey("MER00016"),
      () => keys.agentKey("MER00016"),
      () => keys.masterLoadKey("000123", 4, 1),
      () => keys.masterUpdateKey("000123"),
      () => keys.masterCollectionKey(),
      () => keys.localMasterKey(),
      () => keys.loadServerKey("00057001"),
    ]) {
      const before = key();
      key()?.fill(0);
      expect(key()).toEqual(before);
    }
  });

  it("does not show keys when it is printed", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    const MKP = toHex(keys.masterPurchaseKey("000123", 4, 1) ?? NONE);
    expect(MKP).toHaveLength(32);
    const printed = JSON.stringify({ keys }) + inspect(keys, { depth: 9, showHidden: true });
    expect(printed).not.toContain(MKP);
    expect(printed).not.toContain(toHex(keys.localMasterKey() ?? NONE));
    expect(printed).not.toContain(keys.caPrivateKey("000123", 1)?.slice(-40));
  });
});

describe("a key set that is refused", () => {
  it.each(["", "test: false\n"])("lacks `test: true`: %j", (start) => {
    const message = fault(
      `${start}masterPurchaseKeys:\n  - { PPIEP: 000123, ALGIEP: 4, VKIEP: 1, MKP: ${SECRET} }\nmerchants: []\n`,
    );
    expect(message).toMatch(/keys\.yaml:1: test: expected `test: true`/);
    expect(message).not.toContain(SECRET);
  });

  it("names file, line and field of a bad entry and keeps the key to itself", () => {
    const message = fault(
      `test: true\nmasterPurchaseKeys:\n  - PPIEP: 000123\n    ALGIEP: 4\n    VKIEP: 1\n    MKP: ${SECRET}00\nmerchants: []\n`,
    );
    expect(message).toMatch(/keys\.yaml:6: masterPurchaseKeys\.0\.MKP: expected 16 bytes/);
    expect(message).not.toContain(SECRET);
  });

  it("has a private key that is none, and tells neither it nor what was found in it", () => {
    const start = "test: true\nmasterPurchaseKeys: []\nmerchants: []\npublicKeys:\n  authorities: []\n  issuers: []\n";
    expect(fault(`${start}  cards: []\n  psam: "§§"\n`)).toMatch(
      /keys\.yaml:8: publicKeys\.psam: expected a private key/,
    );
    const text = "TUlJQ0xnSUJBREFOQmdrcWhraUc5dzBC";
    const keys = loadTestKeys(`${start}  cards: []\n  psam: ${text}\n`, "keys.yaml");
    expect(() => keys.psamKey("00A10001")).toThrow(/is no RSA key of 896 bits/);
    expect(() => keys.psamKey("00A10001")).not.toThrow(new RegExp(text));
  });

  it("is no YAML, and the broken line is not quoted", () => {
    const message = fault(`test: true\nmasterPurchaseKeys: [ ${SECRET}\n`);
    expect(message).toMatch(/keys\.yaml:\d+: no valid YAML/);
    expect(message).not.toContain(SECRET);
  });

  it("has a key twice", () => {
    const key = `  - { PPIEP: 000123, ALGIEP: 4, VKIEP: 1, MKP: ${SECRET} }\n`;
    expect(fault(`test: true\nmasterPurchaseKeys:\n${key}${key}merchants: []\n`)).toMatch(
      /000123\/4\/1 is there twice/,
    );
  });

  it.each([
    ["masterLoadKeys", `{ PPIEP: 000123, ALGL: 4, VKIEP: 1, MKL: ${SECRET} }`, "master load key 000123/4/1"],
    ["masterUpdateKeys", `{ PPIEP: 000123, MKU: ${SECRET} }`, "master update key of 000123"],
    ["loadServers", `{ IDACQ: 00057001, KLS: ${SECRET} }`, "load server 00057001"],
  ])("has one of %s twice", (list, entry, what) => {
    const message = fault(`test: true\nmasterPurchaseKeys: []\nmerchants: []\n${list}:\n  - ${entry}\n  - ${entry}\n`);
    expect(message).toContain(`${what} is there twice`);
    expect(message).not.toContain(SECRET);
  });

  it("has a merchant of the name of an account holder", () => {
    const merchant = `{ IDMER: BNK00001, contract: active, KMER: ${SECRET} }`;
    const holder = `{ IDMER: BNK00001, source: bank, suite: AES-128-GCM, contract: active, KMER: ${SECRET}, KSH: ${SECRET} }`;
    const text = `test: true\nmasterPurchaseKeys: []\nmerchants: [ ${merchant} ]\naccountHolders: [ ${holder} ]\n`;
    expect(fault(text)).toContain("merchant or account holder BNK00001 is there twice");
  });
});
