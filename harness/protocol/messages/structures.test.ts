import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { encodeCardResponse, parseCardResponse, readCardResponse } from "./card-response.ts";
import { encodeDebitData, parseDebitData, readDebitData } from "./debit-data.ts";
import { encodeDebitPackage, parseDebitPackage, readDebitPackage } from "./debit-package.ts";
import { encodeInitResponse, parseInitResponse, readInitResponse } from "./init-response.ts";
import { encodeMessageResult, parseMessageResult, readMessageResult } from "./message-result.ts";

const bcd = (length: number) =>
  fc.array(fc.nat({ max: 9 }), { minLength: 2 * length, maxLength: 2 * length }).map((digits) => digits.join(""));
const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const uint = (length: number, min = 0) => fc.integer({ min, max: 256 ** length - 1 });
const exponent = fc.nat({ max: 3 });

const sale = { MPDA: uint(4, 1), CURRPDA: bcd(2), CEXPPDA: exponent };
const INIT_RESPONSE = fc.record({
  PPIEP: bcd(3),
  IDIEP: bcd(5),
  ALGIEP: uint(1),
  DEXPIEP: bcd(3),
  BALIEP: uint(4),
  CURRIEP: bcd(2),
  CEXPIEP: exponent,
  AMIEP: uint(1),
  NTIEP: uint(2),
  VKIEP: uint(1),
  R: hex(4),
});
const PACKAGE = fc.record({ ...sale, DTHR: bcd(7), LOC: bcd(4), IDTRX: hex(16) });
const DEBIT_DATA = fc.record({
  PPPSAM: bcd(3),
  IDPSAM: hex(4),
  NTPSAM: uint(4),
  ...sale,
  DTHR: bcd(7),
  LOC: bcd(4),
  IDTRX: hex(16),
  S2: hex(8),
});
const CARD_RESPONSE = fc.record({ CC: hex(2), NTIEP: uint(2), BALIEP: uint(4), S3: hex(8) });
const MESSAGE_RESULT = fc.record({
  IDTRX: hex(16),
  CC: hex(2),
  NTPSAM: uint(4),
  PPIEP: bcd(3),
  IDIEP: bcd(5),
  NTIEP: uint(2),
  ...sale,
});

describe("structures of the card and PSAM edge", () => {
  it("read back what they wrote", () => {
    fc.assert(
      fc.property(
        INIT_RESPONSE,
        DEBIT_DATA,
        CARD_RESPONSE,
        MESSAGE_RESULT,
        PACKAGE,
        (init, debit, card, result, sent) => {
          expect(parseInitResponse(encodeInitResponse(init))).toEqual({ ok: true, value: init });
          expect(parseDebitData(encodeDebitData(debit))).toEqual({ ok: true, value: debit });
          expect(parseCardResponse(encodeCardResponse(card))).toEqual({ ok: true, value: card });
          expect(parseMessageResult(encodeMessageResult(result))).toEqual({ ok: true, value: result });
          expect(parseDebitPackage(encodeDebitPackage(sent))).toEqual({ ok: true, value: sent });
        },
      ),
    );
  });

  it.each([
    ["INITRSP", 27, parseInitResponse, readInitResponse],
    ["DEBITDATA", 53, parseDebitData, readDebitData],
    ["CARDRSP", 16, parseCardResponse, readCardResponse],
    ["MSGRESULT", 39, parseMessageResult, readMessageResult],
    ["package", 34, parseDebitPackage, readDebitPackage],
  ] as const)("%s has %i bytes, and any bytes give an answer instead of an exception", (_name, length, parse, read) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ minLength: length, maxLength: length })),
        (bytes) => {
          expect(read(bytes).ok).toBe(bytes.length === length);
          if (bytes.length !== length) expect(parse(bytes).ok).toBe(false);
          else expect([true, false]).toContain(parse(bytes).ok);
        },
      ),
    );
  });

  it("have the bytes of the specification", () => {
    expect(parseInitResponse(fromHex("000123 0000004711 04 291231 00989680 0978 02 01 0001 01 A1B2C3D4"))).toEqual({
      ok: true,
      value: {
        PPIEP: "000123",
        IDIEP: "0000004711",
        ALGIEP: 4,
        DEXPIEP: "291231",
        BALIEP: 10_000_000,
        CURRIEP: "0978",
        CEXPIEP: 2,
        AMIEP: 1,
        NTIEP: 1,
        VKIEP: 1,
        R: "A1B2C3D4",
      },
    });
    expect(toHex(encodeCardResponse({ CC: "9401", NTIEP: 0x1234, BALIEP: 50, S3: "0102030405060708" }))).toBe(
      "94011234000000320102030405060708",
    );
  });

  it("tell a wrong element from a wrong length", () => {
    const exponentOf7 = fromHex("000123 0000004711 04 291231 00989680 0978 07 01 0001 01 A1B2C3D4");
    expect(parseInitResponse(exponentOf7)).toMatchObject({ ok: false, reason: expect.stringContaining("CEXPIEP") });
    expect(readInitResponse(exponentOf7)).toMatchObject({ ok: true, value: { CEXPIEP: 7 } });
  });
});
