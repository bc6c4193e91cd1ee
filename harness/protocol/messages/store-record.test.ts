import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { encodeStoreRecord, parseStore, parseStoreRecord } from "./store-record.ts";

const RECORD = {
  COUNT: 7,
  IDTRX: "AB".repeat(16),
  PPIEP: "123456",
  IDIEP: "0000004711",
  MPDA: 1250,
  CURRPDA: "0978",
  CEXPPDA: 2,
  CC: "0000",
  NTIEP: 9,
  NTPSAM: 258,
  IDMER: "MERCHT01",
  DTHR: "20260730120000",
};

// messages.md 5, data store, field by field
const HEX = `00000007 ${"AB".repeat(16)} 123456 0000004711 000004E2 0978 02 0000 0009 00000102 4D45524348543031 20260730120000 0000`;

describe("data store record", () => {
  it("has the 60 bytes of the specification", () => {
    expect(toHex(encodeStoreRecord(RECORD))).toBe(toHex(fromHex(HEX)));
    expect(parseStoreRecord(fromHex(HEX))).toEqual({ ok: true, record: RECORD });
  });

  it("is refused with the reason when a byte is wrong", () => {
    expect(parseStoreRecord(fromHex(HEX).subarray(1))).toMatchObject({ ok: false, reason: "59 bytes, not 60" });
    expect(parseStoreRecord(fromHex(`${HEX.slice(0, -4)}0001`))).toMatchObject({
      reason: "the reserved bytes are 0001, not 0000",
    });
    expect(parseStoreRecord(fromHex(HEX.replace("0978", "09AF")))).toMatchObject({
      reason: "CURRPDA has a digit above 9: 09AF",
    });
  });

  it("is read one by one from a store, and never throws on other bytes", () => {
    const store = fromHex(HEX + HEX + "FF".repeat(60));
    expect(parseStore(store).map((each) => each.ok)).toEqual([true, true, false]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => parseStore(bytes).length >= 0));
  });
});
