import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import { isHsmResult, signHsmResult } from "./hsm-result.ts";
import { decipherMasterLoadKey, encipherMasterLoadKey, keyCheckValue } from "./key-cryptogram.ts";
import type { LoadElements } from "./load-elements.ts";
import { deriveLoadKey, deriveLoadSessionKeys, isLoadAlgorithm, loadAlgorithm } from "./load-keys.ts";
import {
  type LoadRequest,
  loadS1Input,
  loadS2Input,
  loadS3Input,
  signLoadS1,
  signLoadS2,
  signLoadS3,
} from "./load-signatures.ts";
import { deriveSessionKeys } from "./purse-keys.ts";

type Keys = "MKL" | "KDL" | "KS1" | "KS2" | "KS3" | "KLS" | "LMK" | "KML" | "KCV" | "LMKcheck";
type Signed = "s1Input" | "S1" | "s2Input" | "S2" | "s3Input" | "S3" | "HRES01" | "HRES02";

/** Computed by fixtures/vectors/compute.py. */
type Vector = LoadRequest &
  Pick<LoadElements, "CC"> &
  Readonly<Record<Keys | Signed, string>> & {
    readonly ALGIEP: number;
    readonly ALGL: 4 | 5;
    readonly VKIEP: number;
    readonly BALIEPafter: number;
  };

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/load-signatures.json", import.meta.url), "utf8"),
).vectors;

const completionOf = ({ CC, BALIEPafter }: Vector) => ({ CC, BALIEP: BALIEPafter });

describe("load vectors", () => {
  it("are there for every ALGIEP, three exponents, both outcomes and zero value load requests", () => {
    expect(new Set(VECTORS.map(({ ALGIEP, ALGL }) => `${ALGIEP}/${ALGL}`))).toEqual(new Set(["4/4", "5/5", "16/4"]));
    expect(new Set(VECTORS.map(({ CEXPLDA }) => CEXPLDA))).toEqual(new Set([0, 2, 3]));
    expect(new Set(VECTORS.map(({ CC }) => CC))).toEqual(new Set(["0000", "940B", "9409", "940A"]));
    expect(VECTORS.some(({ MLDA }) => MLDA === 0)).toBe(true);
  });
});

describe.each(VECTORS)("a load, ALGIEP $ALGIEP, $IDIEP, NTIEP $NTIEP, CC $CC", (vector) => {
  const { ALGIEP, ALGL, PPIEP, IDIEP } = vector;

  it("is done with keys derived from MKL", () => {
    expect(loadAlgorithm(ALGIEP)).toBe(ALGL);
    expect(toHex(deriveLoadKey(ALGL, fromHex(vector.MKL), PPIEP, IDIEP))).toBe(vector.KDL);
    const { KS1, KS2, KS3 } = deriveLoadSessionKeys(ALGL, fromHex(vector.KDL), vector);
    expect([KS1, KS2, KS3].map(toHex)).toEqual([vector.KS1, vector.KS2, vector.KS3]);
  });

  it("is signed three times", () => {
    const S1 = fromHex(vector.S1);
    expect(toHex(loadS1Input(vector))).toBe(vector.s1Input);
    expect(toHex(loadS2Input(vector, S1))).toBe(vector.s2Input);
    expect(toHex(loadS3Input(vector, completionOf(vector)))).toBe(vector.s3Input);
    expect(toHex(signLoadS1(ALGL, fromHex(vector.KS1), vector))).toBe(vector.S1);
    expect(toHex(signLoadS2(ALGL, fromHex(vector.KS2), vector, S1))).toBe(vector.S2);
    expect(toHex(signLoadS3(ALGL, fromHex(vector.KS3), vector, completionOf(vector)))).toBe(vector.S3);
  });

  it("ends with the HSM's word, in which kind and CC cannot be taken for others", () => {
    const KLS = fromHex(vector.KLS);
    const right = { ...vector, kind: "s3-right" } as const;
    const none = { ...vector, kind: "no-load", CC: "0000" } as const;
    expect(toHex(signHsmResult(KLS, right))).toBe(vector.HRES01);
    expect(toHex(signHsmResult(KLS, none))).toBe(vector.HRES02);
    expect(isHsmResult(KLS, right, fromHex(vector.HRES01))).toBe(true);
    expect(isHsmResult(KLS, none, fromHex(vector.HRES01))).toBe(false);
    expect(isHsmResult(KLS, { ...right, CC: "9999" }, fromHex(vector.HRES01))).toBe(false);
    expect(isHsmResult(KLS, right, fromHex(vector.HRES01).subarray(1))).toBe(false);
    expect(isHsmResult(fromHex(vector.LMK), right, fromHex(vector.HRES01))).toBe(false);
  });

  it("rests on a key that leaves the HSM as a cryptogram and a check value only", () => {
    const LMK = fromHex(vector.LMK);
    expect(toHex(encipherMasterLoadKey(LMK, fromHex(vector.MKL)))).toBe(vector.KML);
    expect(toHex(decipherMasterLoadKey(LMK, fromHex(vector.KML)))).toBe(vector.MKL);
    expect(toHex(decipherMasterLoadKey(flipBit(LMK, 0), fromHex(vector.KML)))).not.toBe(vector.MKL);
    expect(toHex(keyCheckValue(ALGL, fromHex(vector.MKL)))).toBe(vector.KCV);
    expect(toHex(keyCheckValue(4, LMK))).toBe(vector.LMKcheck);
  });
});

describe("the keys of a load", () => {
  const [vector] = VECTORS;
  if (!vector) throw new Error("the vector is missing");

  it("differ from each other, and from those of a purchase even with the same card key, number and challenge", () => {
    const { ALGL, KDL, NTIEP, R } = vector;
    const ofLoad = Object.values(deriveLoadSessionKeys(ALGL, fromHex(KDL), { NTIEP, R }));
    const ofPurchase = Object.values(deriveSessionKeys(ALGL, fromHex(KDL), NTIEP, fromHex(R)));
    expect(new Set([...ofLoad, ...ofPurchase].map(toHex)).size).toBe(5);
  });

  it("are of triple DES or AES, and of nothing else", () => {
    expect([3, 4, 5, 6, 16].map(isLoadAlgorithm)).toEqual([false, true, true, false, false]);
    for (const ALGL of [0, 3, 16]) {
      const refused = expect.objectContaining({ code: "PROTOCOL" });
      expect(() => deriveLoadKey(ALGL, new Uint8Array(16), "000123", "0000004711")).toThrow(refused);
      expect(() => deriveLoadSessionKeys(ALGL, new Uint8Array(16), vector)).toThrow(refused);
      expect(() => signLoadS1(ALGL, new Uint8Array(16), vector)).toThrow(refused);
    }
    expect(() => loadAlgorithm(6)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });
});

describe("the signatures of a load", () => {
  const { KS1, KS2, KS3, ALGL, ...request } = VECTORS[1] as Vector;

  /** Another value of the same form. */
  function other(value: string | number): string | number {
    if (typeof value === "number") return value === 0 ? 1 : value - 1;
    return (value.startsWith("1") ? "2" : "1") + value.slice(1);
  }

  const signatures = {
    S1: (changed: LoadRequest) => toHex(signLoadS1(ALGL, fromHex(KS1), changed)),
    S2: (changed: LoadRequest) => toHex(signLoadS2(ALGL, fromHex(KS2), changed, fromHex(request.S1))),
    S3: (changed: LoadRequest) => toHex(signLoadS3(ALGL, fromHex(KS3), changed, completionOf(VECTORS[1] as Vector))),
  };
  const common = ["PPIEP", "IDIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA", "IDACQ", "IDTRX"] as const;

  it.each([
    ["S1", [...common, "DEXPIEP", "BALIEP", "R", "DTHR"]],
    ["S2", common],
    ["S3", [...common, "DEXPIEP", "R", "DTHR"]],
  ] as const)("%s changes with each of its elements", (name, elements) => {
    const sign = signatures[name];
    const made = sign(request);
    expect(made).toBe(request[name]);
    for (const element of elements) {
      expect(sign({ ...request, [element]: other(request[element]) }), element).not.toBe(made);
    }
  });

  it("S2 changes with every bit of S1, S3 with completion code and balance", () => {
    const S1 = fromHex(request.S1);
    for (let bit = 0; bit < 64; bit++) {
      expect(toHex(signLoadS2(ALGL, fromHex(KS2), request, flipBit(S1, bit)))).not.toBe(request.S2);
    }
    const { CC, BALIEP } = completionOf(VECTORS[1] as Vector);
    const S3 = (completion: { CC: string; BALIEP: number }) =>
      toHex(signLoadS3(ALGL, fromHex(KS3), request, completion));
    expect(S3({ CC: "940B", BALIEP })).not.toBe(request.S3);
    expect(S3({ CC, BALIEP: BALIEP - 1 })).not.toBe(request.S3);
  });

  it("are not made over elements that do not fit", () => {
    const refused = expect.objectContaining({ code: "PROTOCOL" });
    const wrong: Partial<LoadRequest>[] = [
      { PPIEP: "0001", IDIEP: "230000004711" },
      { IDIEP: "00000047" },
      { MLDA: 2 ** 32 },
      { MLDA: -1 },
      { MLDA: 0.5 },
      { MLDA: Number.NaN },
      { NTIEP: 65_536 },
      { R: "0011" },
      { R: "0011223G" },
      { IDTRX: `${"00".repeat(15)} 0` },
    ];
    for (const part of wrong) {
      expect(() => loadS1Input({ ...request, ...part }), JSON.stringify(part)).toThrow(refused);
    }
    expect(() => loadS2Input(request, new Uint8Array(7))).toThrow(refused);
    expect(() => loadS3Input(request, { CC: "00", BALIEP: 0 })).toThrow(refused);
  });

  it("are made over whatever a card was asked, BCD or not", () => {
    const asked = { ...request, CURRLDA: "AAFF", IDACQ: "FFFFFFFF", CEXPLDA: 255 };
    expect(toHex(loadS1Input(asked).subarray(18, 21))).toBe("AAFFFF");
    expect(loadS3Input(asked, completionOf(VECTORS[1] as Vector))).toHaveLength(58);
  });

  it("never coincide for different requests whose bytes were cut elsewhere", () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
    const anyRequest = fc.record({ PPIEP: digits(6), IDIEP: digits(10), MLDA: fc.nat(), BALIEP: fc.nat() });
    fc.assert(
      fc.property(anyRequest, anyRequest, (one, two) => {
        const same = toHex(loadS1Input({ ...request, ...one })) === toHex(loadS1Input({ ...request, ...two }));
        expect(same).toBe(JSON.stringify(one) === JSON.stringify(two));
      }),
    );
  });
});
