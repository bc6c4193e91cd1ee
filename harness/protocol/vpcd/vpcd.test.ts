import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { encodeVpcdFrame, VpcdAccumulator } from "./frame.ts";
import { decodeVpcdRequest, encodeVpcdRequest } from "./message.ts";

describe("vpcd frames", () => {
  it("put a 2-byte big-endian length before the message", () => {
    expect(toHex(encodeVpcdFrame(fromHex("04")))).toBe("000104");
    expect(toHex(encodeVpcdFrame(new Uint8Array(258)).subarray(0, 2))).toBe("0102");
  });

  it("are cut out of any fragmentation of the stream", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (messages, step) => {
          const stream = concat(...messages.map(encodeVpcdFrame));
          const accumulator = new VpcdAccumulator();
          const seen: string[] = [];
          for (let at = 0; at < stream.length; at += step) {
            for (const frame of accumulator.push(stream.subarray(at, at + step))) {
              seen.push(frame.kind === "message" ? toHex(frame.message) : frame.kind);
            }
          }
          expect(seen).toEqual(messages.map(toHex));
        },
      ),
    );
  });

  it("stop at a message above the bound and stay deaf", () => {
    const accumulator = new VpcdAccumulator(261);
    expect(accumulator.push(fromHex("0106"))).toEqual([{ kind: "oversized", announced: 262 }]);
    expect(accumulator.push(fromHex("000104"))).toEqual([]);
  });
});

describe("vpcd requests", () => {
  it("know the four control codes", () => {
    expect(["00", "01", "02", "04"].map((code) => decodeVpcdRequest(fromHex(code)).kind)).toEqual([
      "power-off",
      "power-on",
      "reset",
      "atr",
    ]);
  });

  it("take everything longer than one byte as a command APDU", () => {
    expect(decodeVpcdRequest(fromHex("00A4040000"))).toEqual({ kind: "apdu", command: fromHex("00A4040000") });
  });

  it("are total and encode back to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(toHex(encodeVpcdRequest(decodeVpcdRequest(bytes)))).toBe(toHex(bytes));
      }),
    );
    expect(decodeVpcdRequest(fromHex("03")).kind).toBe("unrecognised");
    expect(decodeVpcdRequest(new Uint8Array(0)).kind).toBe("unrecognised");
  });
});
