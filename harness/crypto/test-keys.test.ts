import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { toHex } from "../core/bytes.ts";
import { isOddParity } from "./parity.ts";
import { loadTestKeys } from "./test-keys.ts";

const TEXT = readFileSync(new URL("../../fixtures/keys/test-keys.yaml", import.meta.url), "utf8");
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
    const all = [...masters, ...keys.merchants.map(({ IDMER }) => keys.merchantKey(IDMER))];
    expect(all.every((key) => key?.length === 16)).toBe(true);
    expect(new Set(all.map((key) => toHex(key ?? new Uint8Array(0)))).size).toBe(all.length);
    keys.keyNames.forEach(({ ALGIEP }, index) => {
      if (ALGIEP === 4) expect(isOddParity(masters[index] ?? Uint8Array.of(0))).toBe(true);
    });
  });

  it("knows its merchants and which contract has ended", () => {
    const { merchants } = loadTestKeys(TEXT, "test-keys.yaml");
    expect(merchants.filter(({ active }) => active).map(({ IDMER }) => IDMER)).toEqual(["MER00001", "MER00002"]);
    expect(merchants.find(({ IDMER }) => IDMER === "MER00003")?.active).toBe(false);
  });

  it("does not show keys when it is printed", () => {
    const keys = loadTestKeys(TEXT, "test-keys.yaml");
    const MKP = toHex(keys.masterPurchaseKey("000123", 4, 1) ?? new Uint8Array(0));
    expect(MKP).toHaveLength(32);
    expect(JSON.stringify({ keys }) + inspect(keys, { depth: 9, showHidden: true })).not.toContain(MKP);
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
});
