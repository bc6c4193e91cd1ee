import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { decodeCommand, encodeCommand } from "./command.ts";
import { CCID_ERROR, decodeResponse, encodeResponse } from "./response.ts";

describe("CCID commands", () => {
  it("decode the printed vectors", () => {
    expect(decodeCommand(fromHex("65 00000000 00 00 000000"))).toEqual({
      kind: "get-slot-status",
      slot: 0,
      sequence: 0,
    });
    expect(decodeCommand(fromHex("62 00000000 00 01 010000"))).toEqual({
      kind: "icc-power-on",
      slot: 0,
      sequence: 1,
      voltage: 1,
    });
    expect(decodeCommand(fromHex("6F 05000000 01 02 000000 805C000204"))).toEqual({
      kind: "transfer-block",
      slot: 1,
      sequence: 2,
      bwi: 0,
      data: fromHex("805C000204"),
    });
  });

  it("call a length that does not fit malformed, and a foreign type unrecognised", () => {
    expect(decodeCommand(fromHex("6F 06000000 01 02 000000 805C000204")).kind).toBe("malformed");
    expect(decodeCommand(fromHex("6F")).kind).toBe("malformed");
    expect(decodeCommand(fromHex("69 00000000 03 09 000000"))).toMatchObject({
      kind: "unrecognised",
      type: 0x69,
      slot: 3,
      sequence: 9,
    });
  });

  it("are total: any bytes decode and encode back", () => {
    const anyMessage = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom("61", "62", "63", "65", "6B", "6C", "6D", "6F")
        .map((type) => fromHex(`${type}02000000 04 07 010000 AABB`)),
    );
    fc.assert(
      fc.property(anyMessage, (bytes) => {
        const again = decodeCommand(encodeCommand(decodeCommand(bytes)));
        expect(again.kind).toBe(decodeCommand(bytes).kind);
      }),
    );
  });
});

describe("CCID responses", () => {
  it("put ICC status and outcome into bStatus", () => {
    const answer = {
      slot: 2,
      sequence: 7,
      icc: "absent",
      outcome: { kind: "failed", error: CCID_ERROR.ICC_MUTE },
    } as const;
    expect(toHex(encodeResponse({ kind: "slot-status", ...answer }))).toBe("810000000002074" + "2FE00");
  });

  it("carry data with a little-endian length", () => {
    const response = {
      kind: "data-block",
      slot: 0,
      sequence: 1,
      icc: "active",
      outcome: { kind: "processed" },
      data: fromHex("3B00"),
    } as const;
    expect(toHex(encodeResponse(response))).toBe("8002000000000100" + "0000" + "3B00");
    expect(decodeResponse(encodeResponse(response))).toEqual(response);
  });

  it("ask for time with the multiplier in bError", () => {
    const bytes = fromHex("80 00000000 01 05 80 03 00");
    expect(decodeResponse(bytes)).toMatchObject({ outcome: { kind: "time-extension", multiplier: 3 } });
    expect(toHex(encodeResponse(decodeResponse(bytes)))).toBe(toHex(bytes));
  });

  it("are total: any bytes decode and encode back to themselves where the RFU bits allow it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const decoded = decodeResponse(bytes);
        if (decoded.kind === "unrecognised") expect(decoded.bytes).toBe(bytes);
        else expect(decodeResponse(encodeResponse(decoded))).toEqual(decoded);
      }),
    );
  });
});
