import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../core/bytes.ts";
import { aesCmac } from "./aes.ts";
import { mac } from "./algorithm.ts";
import { unsafeRetailMac, unsafeRetailMacUnpadded } from "./unsafe-des.ts";

interface MacVector {
  readonly key: string;
  readonly data: string;
  readonly mac: string;
  readonly source: string;
  readonly padding?: number;
}

function vectors(name: string): readonly MacVector[] {
  const url = new URL(`../../fixtures/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).vectors;
}

describe("retail MAC", () => {
  it.each(vectors("retail-mac"))(
    "gives what $source prints (padding $padding)",
    ({ key, data, padding, mac: expected }) => {
      const bytes = fromHex(data);
      const zeroPadded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
      zeroPadded.set(bytes);
      const found =
        padding === 2 ? unsafeRetailMac(fromHex(key), bytes) : unsafeRetailMacUnpadded(fromHex(key), zeroPadded);
      expect(toHex(found)).toBe(expected);
      if (padding === 2) expect(toHex(mac(0x04, fromHex(key), bytes))).toBe(expected);
    },
  );
});

describe("AES-CMAC", () => {
  it.each(vectors("aes-cmac"))("gives what $source prints", ({ key, data, mac: expected }) => {
    expect(toHex(aesCmac(fromHex(key), fromHex(data)))).toBe(expected);
    expect(toHex(mac(0x05, fromHex(key), fromHex(data)))).toBe(expected.slice(0, 16));
  });
});

describe("MAC by ALGIEP", () => {
  it.each([0, 1, 2, 3, 6, 0xff, Number.NaN])("refuses ALGIEP %s", (ALGIEP) => {
    expect(() => mac(ALGIEP, new Uint8Array(16), new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: "PROTOCOL" }),
    );
  });

  it.each([0, 8, 15, 17, 24])("refuses a key of %s bytes", (length) => {
    for (const ALGIEP of [0x04, 0x05])
      expect(() => mac(ALGIEP, new Uint8Array(length), new Uint8Array(8))).toThrow(/16/);
  });
});
