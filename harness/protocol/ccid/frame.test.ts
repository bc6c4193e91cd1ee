import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { CcidAccumulator, encodeFrame, encodeNak, lrc } from "./frame.ts";

const GET_SLOT_STATUS = fromHex("65 00000000 00 00 000000");
const POWER_ON = fromHex("62 00000000 00 01 010000");
const TRANSFER = fromHex("6F 05000000 01 02 000000 805C000204");

const ccidMessage = fc
  .tuple(
    fc.uint8Array({ minLength: 5, maxLength: 5 }),
    fc.uint8Array({ maxLength: 261 }),
    fc.integer({ max: 255, min: 0 }),
  )
  .map(([tail, data, type]) => concat(Uint8Array.of(type, data.length & 0xff, data.length >> 8, 0, 0), tail, data));

describe("CCID serial frames", () => {
  it("match the byte vectors printed in the reference", () => {
    expect(toHex(encodeFrame(GET_SLOT_STATUS))).toBe("03066500000000000000000060");
    expect(toHex(encodeFrame(POWER_ON))).toBe("03066200000000000101000067");
    expect(toHex(encodeFrame(TRANSFER))).toBe("03066F050000000102000000805C000204B6");
    expect(toHex(encodeNak())).toBe("031516");
  });

  it("are cut out of any fragmentation of the stream", () => {
    fc.assert(
      fc.property(fc.array(ccidMessage, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (messages, step) => {
        const stream = concat(...messages.map(encodeFrame));
        const accumulator = new CcidAccumulator();
        const seen: string[] = [];
        for (let at = 0; at < stream.length; at += step) {
          for (const frame of accumulator.push(stream.subarray(at, at + step))) {
            seen.push(frame.kind === "message" ? toHex(frame.message) : frame.kind);
          }
        }
        expect(seen).toEqual(messages.map(toHex));
      }),
    );
  });

  it("report a wrong LRC as garbled and take the next frame", () => {
    const wrong = encodeFrame(POWER_ON);
    wrong[wrong.length - 1] = 0x68;
    const frames = new CcidAccumulator().push(concat(wrong, encodeFrame(GET_SLOT_STATUS)));
    expect(frames.map((frame) => frame.kind)).toEqual(["garbled", "message"]);
  });

  it("report a host's NAK", () => {
    expect(new CcidAccumulator().push(fromHex("03 15 16"))).toEqual([{ kind: "nak" }]);
    expect(new CcidAccumulator().push(fromHex("03 15 17 00"))[0]?.kind).toBe("garbled");
  });

  it("skip noise up to the next SYNC", () => {
    const frames = new CcidAccumulator().push(concat(fromHex("FF FE 00"), encodeFrame(POWER_ON)));
    expect(frames).toEqual([
      { kind: "garbled", bytes: fromHex("FFFE00"), reason: expect.any(String) },
      { kind: "message", message: POWER_ON },
    ]);
  });

  it("refuse an announced length that no message of this family has", () => {
    const frames = new CcidAccumulator().push(fromHex("03 06 6F FFFFFFFF 00 00 000000"));
    expect(frames[0]).toMatchObject({ kind: "garbled", bytes: fromHex("0306") });
  });

  it("never throw and never keep more than one frame, whatever arrives", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 5 }), (chunks) => {
        const accumulator = new CcidAccumulator();
        let taken = 0;
        for (const chunk of chunks) {
          for (const frame of accumulator.push(chunk)) {
            taken +=
              frame.kind === "nak" ? 3 : frame.kind === "garbled" ? frame.bytes.length : frame.message.length + 3;
          }
        }
        const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        expect(total - taken).toBeLessThan(274);
      }),
    );
  });

  it("have an LRC that makes the XOR of the whole frame zero", () => {
    fc.assert(
      fc.property(ccidMessage, (message) => {
        expect(lrc(encodeFrame(message))).toBe(0);
      }),
    );
  });
});
