import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import { type Confirmation, openConfirmation, sealConfirmation } from "./confirmation.ts";
import { securityInformation } from "./security-information.ts";

/** Computed by fixtures/vectors/compute.py. */
type Vector = Confirmation & Readonly<Record<"KMER" | "SECINFO" | "nonce" | "CONF", string>>;

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/confirmation.json", import.meta.url), "utf8"),
).vectors;

function confirmationOf(vector: Vector): Confirmation {
  const { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR } = vector;
  return { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
}

describe("security information", () => {
  it.each(VECTORS)("is made for $IDMER over $MPDA of $CURRPDA", (vector) => {
    expect(toHex(securityInformation(fromHex(vector.KMER), vector))).toBe(vector.SECINFO);
  });

  it("refuses a merchant identifier that is none", () => {
    for (const vector of VECTORS) {
      expect(() => securityInformation(fromHex(vector.KMER), { ...vector, IDMER: "mer00001" })).toThrow(/IDMER/);
    }
  });
});

describe("confirmation", () => {
  it.each(VECTORS)("seals and opens that of $IDMER with CC $CC", (vector) => {
    const KMER = fromHex(vector.KMER);
    expect(toHex(sealConfirmation(KMER, confirmationOf(vector), fromHex(vector.nonce)))).toBe(vector.CONF);
    expect(openConfirmation(KMER, vector.IDMER, vector.IDTRX, fromHex(vector.CONF))).toEqual(confirmationOf(vector));
  });

  it("does not open when any bit was changed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...VECTORS), fc.nat({ max: 77 * 8 - 1 }), (vector, bit) => {
        const altered = flipBit(fromHex(vector.CONF), bit);
        expect(openConfirmation(fromHex(vector.KMER), vector.IDMER, vector.IDTRX, altered)).toBeNull();
      }),
    );
  });

  it("does not open for another sale, another merchant, another key or another length", () => {
    for (const { KMER, IDMER, IDTRX, CONF } of VECTORS) {
      const sealed = fromHex(CONF);
      expect(openConfirmation(fromHex(KMER), IDMER, "FF".repeat(16), sealed)).toBeNull();
      expect(openConfirmation(fromHex(KMER), "MER99999", IDTRX, sealed)).toBeNull();
      expect(openConfirmation(flipBit(fromHex(KMER), 0), IDMER, IDTRX, sealed)).toBeNull();
      expect(openConfirmation(fromHex(KMER), IDMER, IDTRX, sealed.subarray(1))).toBeNull();
    }
  });

  it("never throws on hostile bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(openConfirmation(new Uint8Array(16), "MER00001", "00".repeat(16), bytes)).toBeNull();
      }),
    );
  });
});
