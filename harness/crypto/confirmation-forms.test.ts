import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import type { CipherSuite, Comparison } from "../core/sale-profile.ts";
import {
  agentClearKey,
  type Confirmation,
  clearConfirmation,
  clearText,
  openConfirmation,
  readClearConfirmation,
  serverClearKey,
} from "./confirmation.ts";
import { openExpected, sameResponse, sealExpected } from "./expected-signature.ts";
import { type SaleTerms, securityInformation } from "./security-information.ts";

function vectors<V>(name: string): readonly V[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), "utf8")).vectors;
}

type Names = "KMER" | "KTA" | "KCLEAR" | "CLEARCONF" | "KAGENT" | "CLEARCONFofAgent" | "EXPECTED" | "nonce" | "SEXP";

/** Both computed by fixtures/vectors/compute.py. */
const FORMS = vectors<Confirmation & Readonly<Record<Names, string>>>("confirmation-forms");
const AGREED = vectors<
  SaleTerms & {
    readonly KMER: string;
    readonly comparison: Comparison;
    readonly encryption: CipherSuite | null;
    readonly SECINFO: string;
  }
>("security-information");

function confirmationOf(vector: Confirmation): Confirmation {
  const { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR } = vector;
  return { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
}

describe("security information over what was agreed", () => {
  it.each(AGREED)("covers comparison by $comparison with $encryption", (vector) => {
    const agreed = { comparison: vector.comparison, encryption: vector.encryption ?? undefined };
    expect(toHex(securityInformation(fromHex(vector.KMER), vector, agreed))).toBe(vector.SECINFO);
  });

  it("is that of the base payment where nothing else was agreed", () => {
    const [base] = AGREED;
    if (base?.comparison !== "psam" || base.encryption !== null)
      throw new Error("the first vector is the base payment");
    expect(toHex(securityInformation(fromHex(base.KMER), base))).toBe(base.SECINFO);
    expect(new Set(AGREED.map(({ SECINFO }) => SECINFO)).size).toBe(12);
  });
});

describe.each(FORMS)("confirmation in clear for $IDMER", (vector) => {
  const { IDMER, IDTRX } = vector;
  const CLEARCONF = fromHex(vector.CLEARCONF);

  it("is made under the payment server's key or the agent's", () => {
    const KCLEAR = serverClearKey(fromHex(vector.KMER), IDTRX);
    const KAGENT = agentClearKey(fromHex(vector.KTA), IDTRX);
    expect([toHex(KCLEAR), toHex(KAGENT)]).toEqual([vector.KCLEAR, vector.KAGENT]);
    const byAgent = { ...confirmationOf(vector), IDTERM: "00000000" };
    expect(toHex(clearConfirmation(KCLEAR, confirmationOf(vector)))).toBe(vector.CLEARCONF);
    expect(toHex(clearConfirmation(KAGENT, byAgent))).toBe(vector.CLEARCONFofAgent);
    expect(readClearConfirmation(KCLEAR, IDMER, IDTRX, CLEARCONF)).toEqual(confirmationOf(vector));
    expect(readClearConfirmation(KAGENT, IDMER, IDTRX, fromHex(vector.CLEARCONFofAgent))).toEqual(byAgent);
  });

  it("counts under its own key and for its own sale alone", () => {
    const KCLEAR = fromHex(vector.KCLEAR);
    expect(readClearConfirmation(fromHex(vector.KAGENT), IDMER, IDTRX, CLEARCONF)).toBeNull();
    expect(readClearConfirmation(KCLEAR, "MER99999", IDTRX, CLEARCONF)).toBeNull();
    expect(readClearConfirmation(KCLEAR, IDMER, "FF".repeat(16), CLEARCONF)).toBeNull();
    expect(readClearConfirmation(KCLEAR, IDMER, IDTRX, CLEARCONF.subarray(1))).toBeNull();
    expect(openConfirmation(fromHex(vector.KMER), IDMER, IDTRX, CLEARCONF)).toBeNull();
  });

  it("counts no more when any bit was changed", () => {
    for (let bit = 0; bit < 8 * CLEARCONF.length; bit++) {
      expect(readClearConfirmation(fromHex(vector.KCLEAR), IDMER, IDTRX, flipBit(CLEARCONF, bit))).toBeNull();
    }
  });

  it("is readable without a key", () => {
    expect(clearText(CLEARCONF)).toEqual(confirmationOf(vector));
    expect(clearText(flipBit(CLEARCONF, 7))).toBeNull();
    expect(clearText(flipBit(CLEARCONF, 17 * 8))).toBeNull();
  });
});

describe.each(FORMS)("SEXP for $IDMER", (vector) => {
  const { CC: _, ...terms } = confirmationOf(vector);
  const { IDMER, IDTRX } = terms;
  const expected = { ...terms, EXPECTED: fromHex(vector.EXPECTED) };
  const how = { KMER: fromHex(vector.KMER) };

  it("seals the expected answer for the merchant", () => {
    expect(toHex(sealExpected(how, expected, fromHex(vector.nonce)))).toBe(vector.SEXP);
    expect(openExpected(how, IDMER, IDTRX, fromHex(vector.SEXP))).toEqual(expected);
  });

  it("opens for this sale alone, and not when any bit was changed", () => {
    const SEXP = fromHex(vector.SEXP);
    expect(openExpected(how, "MER99999", IDTRX, SEXP)).toBeNull();
    expect(openExpected(how, IDMER, "FF".repeat(16), SEXP)).toBeNull();
    expect(openExpected({ KMER: fromHex(vector.KTA) }, IDMER, IDTRX, SEXP)).toBeNull();
    expect(openConfirmation(how.KMER, IDMER, IDTRX, SEXP)).toBeNull();
    fc.assert(
      fc.property(fc.nat({ max: 67 * 8 - 1 }), (bit) => {
        expect(openExpected(how, IDMER, IDTRX, flipBit(SEXP, bit))).toBeNull();
      }),
    );
  });

  it("refuses an expected answer of another length", () => {
    const short = { ...expected, EXPECTED: expected.EXPECTED.subarray(1) };
    expect(() => sealExpected(how, short, fromHex(vector.nonce))).toThrow(/38 bytes/);
  });
});

describe("comparison of answers", () => {
  it("finds all 16 bytes equal or not, and an absent answer never", () => {
    const EXPECTED = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(sameResponse(EXPECTED.slice(), EXPECTED)).toBe(true);
    for (let bit = 0; bit < 128; bit++) expect(sameResponse(flipBit(EXPECTED, bit), EXPECTED)).toBe(false);
    expect(sameResponse(new Uint8Array(0), EXPECTED)).toBe(false);
    expect(sameResponse(new Uint8Array(0), new Uint8Array(0))).toBe(false);
  });
});

describe("hostile confirmations in clear", () => {
  it("are read without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        clearText(bytes);
        expect(readClearConfirmation(new Uint8Array(16), "MER00010", "00".repeat(16), bytes)).toBeNull();
        expect(openExpected({ KMER: new Uint8Array(16) }, "MER00010", "00".repeat(16), bytes)).toBeNull();
      }),
    );
  });
});
