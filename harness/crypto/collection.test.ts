import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../core/bytes.ts";
import {
  batchDigest,
  decipherUpdateKey,
  deriveCollectionKey,
  deriveUpdateKey,
  encipherUpdateKey,
  signS4,
  signS5,
  signS6,
} from "./collection.ts";

/** Computed by fixtures/vectors/compute.py. */
interface Vector {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  readonly NTCOL: number;
  readonly MKC: string;
  readonly KDC: string;
  readonly MEMBERS: string;
  readonly DIGEST: string;
  readonly LINES: readonly string[];
  readonly S4: string;
  readonly S5: string;
  readonly updates: readonly {
    readonly NTUPD: number;
    readonly UPDATE: string;
    readonly S6: string;
    readonly KUP?: string;
    readonly key?: string;
    readonly enciphered?: string;
  }[];
}

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/collection.json", import.meta.url), "utf8"),
).vectors;

const refused = expect.objectContaining({ code: "PROTOCOL" });

describe.each(VECTORS)("collection $NTCOL of PSAM $IDPSAM", (vector) => {
  const { PPPSAM, IDPSAM, NTCOL } = vector;
  const psam = { PPPSAM, IDPSAM };
  const KDC = fromHex(vector.KDC);
  const name = { ...psam, NTCOL, DIGEST: fromHex(vector.DIGEST) };
  const collection = { ...name, lines: vector.LINES.map(fromHex) };

  it("has a key of its PSAM and a digest of its members", () => {
    expect(toHex(deriveCollectionKey(fromHex(vector.MKC), psam))).toBe(vector.KDC);
    const members = fromHex(vector.MEMBERS);
    expect(toHex(batchDigest([members]))).toBe(vector.DIGEST);
    expect(toHex(batchDigest([members.subarray(0, 60), members.subarray(60)]))).toBe(vector.DIGEST);
  });

  it("is signed by the PSAM and acknowledged by clearing", () => {
    expect(toHex(signS4(KDC, collection))).toBe(vector.S4);
    expect(toHex(signS5(KDC, name))).toBe(vector.S5);
    expect(toHex(signS5(KDC, collection))).toBe(vector.S5);
  });

  it("is another one with another PSAM, number, digest, line or key", () => {
    const others = [
      { ...collection, IDPSAM: "00A10099" },
      { ...collection, PPPSAM: "000001" },
      { ...collection, NTCOL: NTCOL - 1 },
      { ...collection, DIGEST: flipBit(collection.DIGEST, 255) },
    ];
    for (const other of others) {
      expect(toHex(signS4(KDC, other))).not.toBe(vector.S4);
      expect(toHex(signS5(KDC, other))).not.toBe(vector.S5);
    }
    const [first, ...rest] = collection.lines;
    if (!first) throw new Error("no line");
    for (const lines of [[...rest, flipBit(first, 0)], rest, [...collection.lines, first]]) {
      expect(toHex(signS4(KDC, { ...collection, lines }))).not.toBe(vector.S4);
    }
    expect(toHex(signS4(flipBit(KDC, 0), collection))).not.toBe(vector.S4);
  });

  it("is followed by updates for that PSAM alone", () => {
    for (const { UPDATE, S6 } of vector.updates) {
      const update = fromHex(UPDATE);
      expect(toHex(signS6(KDC, psam, update))).toBe(S6);
      expect(toHex(signS6(KDC, { ...psam, IDPSAM: "00A10099" }, update))).not.toBe(S6);
      expect(toHex(signS6(KDC, psam, flipBit(update, 8 * update.length - 1)))).not.toBe(S6);
    }
    expect(vector.updates.map(({ UPDATE }) => UPDATE.slice(16, 18))).toEqual(["01", "02", "03", "04"]);
  });

  it("and a key in an update is enciphered for it and its number", () => {
    const [update] = vector.updates.filter(({ key }) => key !== undefined);
    const { NTUPD, KUP = "", key = "", enciphered = "" } = update ?? { NTUPD: 0 };
    expect(toHex(deriveUpdateKey(KDC, NTUPD))).toBe(KUP);
    expect(toHex(encipherUpdateKey(KDC, NTUPD, fromHex(key)))).toBe(enciphered);
    expect(toHex(decipherUpdateKey(KDC, NTUPD, fromHex(enciphered)))).toBe(key);
    expect(toHex(decipherUpdateKey(KDC, NTUPD - 1, fromHex(enciphered)))).not.toBe(key);
  });
});

describe("collections and updates that do not fit", () => {
  const KDC = new Uint8Array(16);
  const psam = { PPPSAM: "000789", IDPSAM: "00A10001" };
  const name = { ...psam, NTCOL: 1, DIGEST: new Uint8Array(32) };

  it("are not signed", () => {
    expect(() => signS4(KDC, { ...name, lines: [new Uint8Array(15)] })).toThrow(refused);
    expect(() => signS4(KDC, { ...name, lines: new Array(256).fill(new Uint8Array(16)) })).toThrow(refused);
    expect(() => signS5(KDC, { ...name, DIGEST: new Uint8Array(31) })).toThrow(refused);
    expect(() => signS5(KDC, { ...name, PPPSAM: "0007", IDPSAM: "8900A10001" })).toThrow(refused);
    expect(() => signS6(KDC, psam, new Uint8Array(13))).toThrow(refused);
    expect(() => signS6(KDC, psam, new Uint8Array(31))).toThrow(refused);
    expect(() => deriveCollectionKey(KDC, { PPPSAM: "000789", IDPSAM: "00A100" })).toThrow(refused);
  });

  it("have an empty digest of their own", () => {
    expect(toHex(batchDigest([]))).toBe("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
    expect(toHex(batchDigest([concat()]))).toBe(toHex(batchDigest([])));
  });
});
