import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../core/bytes.ts";
import { aesCmac } from "./aes.ts";
import { decipherCardKeys, deriveCardUpdateKey, encipherCardKeys, personalisationMac } from "./personalisation.ts";

type Names = "SNIEP" | "MKU" | "KDU" | "KUE" | "KUM" | "KDP" | "KDL" | "KEYS" | "persoData65" | "MAC";

/** Computed by fixtures/vectors/compute.py. */
const VECTORS: readonly Readonly<Record<Names, string>>[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/personalisation.json", import.meta.url), "utf8"),
).vectors;

const refused = expect.objectContaining({ code: "PROTOCOL" });

describe.each(VECTORS)("personalisation of card $SNIEP", (vector) => {
  const KDU = fromHex(vector.KDU);
  const signed = fromHex(vector.persoData65);

  it("is done under a key of that card", () => {
    expect(toHex(deriveCardUpdateKey(fromHex(vector.MKU), vector.SNIEP))).toBe(vector.KDU);
    expect(toHex(deriveCardUpdateKey(fromHex(vector.MKU), "5445535400009999"))).not.toBe(vector.KDU);
    expect(toHex(aesCmac(KDU, Uint8Array.of(0x31)))).toBe(vector.KUE);
    expect(toHex(aesCmac(KDU, Uint8Array.of(0x32)))).toBe(vector.KUM);
  });

  it("gives it the keys that it pays and loads with, which nobody else reads", () => {
    const pair = { KDP: fromHex(vector.KDP), KDL: fromHex(vector.KDL) };
    expect(toHex(encipherCardKeys(KDU, pair))).toBe(vector.KEYS);
    const { KDP, KDL } = decipherCardKeys(KDU, fromHex(vector.KEYS));
    expect([toHex(KDP), toHex(KDL)]).toEqual([vector.KDP, vector.KDL]);
    expect(toHex(decipherCardKeys(flipBit(KDU, 0), fromHex(vector.KEYS)).KDP)).not.toBe(vector.KDP);
  });

  it("is signed over every bit of the data, the keys included", () => {
    expect(toHex(personalisationMac(KDU, signed))).toBe(vector.MAC);
    expect(toHex(personalisationMac(KDU, concat(signed, fromHex(vector.MAC))))).toBe(vector.MAC);
    for (let bit = 0; bit < 8 * signed.length; bit++) {
      expect(toHex(personalisationMac(KDU, flipBit(signed, bit)))).not.toBe(vector.MAC);
    }
  });
});

describe("personalisation data that do not fit", () => {
  it("are neither signed nor deciphered", () => {
    const KDU = new Uint8Array(16);
    for (const length of [0, 64, 66, 72, 74]) {
      expect(() => personalisationMac(KDU, new Uint8Array(length))).toThrow(refused);
    }
    expect(() => decipherCardKeys(KDU, new Uint8Array(31))).toThrow(refused);
    expect(() => deriveCardUpdateKey(KDU, "54455354")).toThrow(refused);
  });
});
