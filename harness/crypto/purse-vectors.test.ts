import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import { deriveCardKey, deriveSessionKeys } from "./purse-keys.ts";
import { s2Input, s3Input, signS2, signS3 } from "./purse-signatures.ts";

/** Fields of both vector files; all computed by fixtures/vectors/compute.py. */
interface PurseVector {
  readonly ALGIEP: number;
  readonly VKIEP: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MKP: string;
  readonly KDP: string;
  readonly NTIEP: number;
  readonly R: string;
  readonly KS2: string;
  readonly KS3: string;
  readonly INITRSP: string;
  readonly debitData45: string;
  readonly CC: string;
  readonly BALIEPafter: number;
  readonly s2Input: string;
  readonly S2: string;
  readonly s3Input: string;
  readonly S3: string;
}

function vectors(name: string): readonly PurseVector[] {
  const url = new URL(`../../fixtures/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).vectors;
}

describe("key diversification", () => {
  it.each(vectors("key-diversification"))("derives KDP of $PPIEP $IDIEP, ALGIEP $ALGIEP, VKIEP $VKIEP", (vector) => {
    const KDP = deriveCardKey(vector.ALGIEP, fromHex(vector.MKP), vector.PPIEP, vector.IDIEP);
    expect(toHex(KDP)).toBe(vector.KDP);
  });

  it("refuses identifiers of another length", () => {
    expect(() => deriveCardKey(4, new Uint8Array(16), "0001", "000000004711")).toThrow(/PPIEP/);
  });
});

const PURCHASES = vectors("purchase-signatures");

describe("purchase signatures", () => {
  it("has vectors for both algorithms, three exponents and both outcomes", () => {
    const exponents = new Set(PURCHASES.map(({ debitData45 }) => debitData45.slice(34, 36)));
    expect([...exponents].sort()).toEqual(["00", "02", "03"]);
    expect(new Set(PURCHASES.map(({ ALGIEP }) => ALGIEP))).toEqual(new Set([4, 5]));
    expect(new Set(PURCHASES.map(({ CC }) => CC === "0000"))).toEqual(new Set([true, false]));
  });

  it.each(PURCHASES)("derives session keys and signs, ALGIEP $ALGIEP, $IDIEP, NTIEP $NTIEP, CC $CC", (vector) => {
    const keys = deriveSessionKeys(vector.ALGIEP, fromHex(vector.KDP), vector.NTIEP, fromHex(vector.R));
    expect(toHex(keys.KS2)).toBe(vector.KS2);
    expect(toHex(keys.KS3)).toBe(vector.KS3);
    const INITRSP = fromHex(vector.INITRSP);
    const debit = fromHex(vector.debitData45);
    const completion = { CC: vector.CC, BALIEP: vector.BALIEPafter };
    expect(toHex(s2Input(INITRSP, debit))).toBe(vector.s2Input);
    expect(toHex(s3Input(INITRSP, debit, completion))).toBe(vector.s3Input);
    expect(toHex(signS2(vector.ALGIEP, keys.KS2, INITRSP, debit))).toBe(vector.S2);
    expect(toHex(signS3(vector.ALGIEP, keys.KS3, INITRSP, debit, completion))).toBe(vector.S3);
  });

  it("changes S2 with every bit of what the card and the PSAM said", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PURCHASES), fc.nat({ max: 72 * 8 - 1 }), (vector, bit) => {
        const flipped = flipBit(fromHex(vector.INITRSP + vector.debitData45), bit);
        const S2 = signS2(vector.ALGIEP, fromHex(vector.KS2), flipped.subarray(0, 27), flipped.subarray(27));
        expect(toHex(S2)).not.toBe(vector.S2);
      }),
    );
  });

  it("refuses INITRSP and DEBITDATA of another length", () => {
    const INITRSP = new Uint8Array(27);
    expect(() => s2Input(INITRSP.subarray(1), new Uint8Array(45))).toThrow(/INITRSP/);
    expect(() => s2Input(INITRSP, new Uint8Array(46))).toThrow(/DEBITDATA/);
  });
});
