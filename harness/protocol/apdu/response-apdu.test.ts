import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { describeResponseApdu, encodeResponseApdu, parseResponseApdu, responseApdu } from "./response-apdu.ts";
import { statusWord, sw } from "./status-word.ts";

describe("response APDU", () => {
  it("writes data first and the status last", () => {
    expect(toHex(encodeResponseApdu(responseApdu(sw("SUCCESS"), fromHex("0102"))))).toBe("01029000");
    expect(toHex(encodeResponseApdu(responseApdu(sw("INSUFFICIENT_VALUE"))))).toBe("9401");
  });

  it("comes back from its bytes unchanged", () => {
    const status = fc.oneof(fc.integer({ min: 0x6100, max: 0x6fff }), fc.integer({ min: 0x9000, max: 0x9fff }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), status, (data, value) => {
        const apdu = responseApdu(statusWord(value), data);
        expect(parseResponseApdu(encodeResponseApdu(apdu))).toEqual({ ok: true, apdu });
      }),
    );
  });

  it.each([
    ["nothing", "", "0 bytes"],
    ["half a status", "90", "1 bytes"],
    ["a status that no card may give", "01028000", "no status word"],
    ["the procedure byte 60 as a status", "6000", "no status word"],
    ["257 bytes of data", `${"00".repeat(257)}9000`, "257 bytes"],
  ])("refuses %s with the reason", (_name, hex, reason) => {
    expect(parseResponseApdu(fromHex(hex))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it("refuses to exist with more than 256 bytes of data", () => {
    expect(() => responseApdu(sw("SUCCESS"), new Uint8Array(257))).toThrow(
      expect.objectContaining({ code: "PROTOCOL" }),
    );
  });

  it("describes data and the status in words", () => {
    expect(describeResponseApdu(responseApdu(sw("SUCCESS"), fromHex("AB")))).toBe("AB 9000 success");
  });
});
