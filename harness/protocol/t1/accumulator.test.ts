import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { feed, flush, missingBytes, newAccumulator } from "./accumulator.ts";
import { encodeT1Block, type T1Block } from "./block.ts";

const iBlock = (length: number): T1Block => ({
  kind: "I",
  nad: 0,
  ns: 0,
  more: false,
  inf: new Uint8Array(length).fill(9),
});

describe("block accumulator", () => {
  it("finds the same blocks however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 254 }), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.constantFrom("LRC" as const, "CRC" as const),
        (lengths, cuts, edc) => {
          const sent = lengths.map(iBlock);
          const line = concat(...sent.map((block) => encodeT1Block(block, edc)));
          let accumulator = newAccumulator(edc);
          const found: T1Block[] = [];
          for (let at = 0, turn = 0; at < line.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            const { next, blocks } = feed(accumulator, line.subarray(at, at + size));
            accumulator = next;
            found.push(...blocks);
            at += size;
          }
          expect(found).toEqual(sent);
          expect(accumulator.pending.length).toBe(0);
        },
      ),
    );
  });

  it("knows how many bytes are missing", () => {
    const line = encodeT1Block(iBlock(10), "LRC");
    const missing = [0, 1, 2, 3, 4, 13].map((length) =>
      missingBytes(feed(newAccumulator("LRC"), line.subarray(0, length)).next),
    );
    expect(missing).toEqual([4, 3, 2, 11, 10, 1]); // before LEN: those of an empty block
    expect(missingBytes(newAccumulator("CRC"))).toBe(5);
  });

  it("takes LEN FF as invalid at once and drops what follows until the line is silent", () => {
    const { next, blocks } = feed(newAccumulator("LRC"), fromHex("0000FF00000000"));
    expect(blocks).toEqual([{ kind: "invalid", reason: "length", bytes: fromHex("0000FF") }]);
    expect(feed(next, fromHex("12C000D2")).blocks).toEqual([]);
    expect(feed(flush(next).next, fromHex("12C000D2")).blocks).toHaveLength(1);
  });

  it("drops what follows a wrong EDC, since nobody knows where the next block begins", () => {
    const { next, blocks } = feed(newAccumulator("LRC"), fromHex("12C000D3 12C000D2"));
    expect(blocks).toEqual([{ kind: "invalid", reason: "edc", bytes: fromHex("12C000D3") }]);
    expect(next).toEqual({ edc: "LRC", pending: new Uint8Array(0), isGarbled: true });
  });

  it("goes on behind a block that is whole but not allowed", () => {
    const { blocks } = feed(newAccumulator("LRC"), fromHex("00C400C4 12C000D2"));
    expect(blocks.map(({ kind }) => kind)).toEqual(["invalid", "S"]);
  });

  it("hands out a block that was cut off as invalid when the line is silent", () => {
    const { next } = feed(newAccumulator("LRC"), fromHex("00000501"));
    expect(flush(next).blocks).toEqual([{ kind: "invalid", reason: "length", bytes: fromHex("00000501") }]);
    expect(flush(newAccumulator("LRC")).blocks).toEqual([]);
  });

  it("keeps its own copy of an incomplete block", () => {
    const buffer = fromHex("00000501");
    const { next } = feed(newAccumulator("LRC"), buffer);
    buffer.fill(0xff);
    expect(toHex(next.pending)).toBe("00000501");
  });
});
