import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { describeT1Block, encodeT1Block, type T1Block, type ValidBlock } from "./block.ts";
import { decodeT1Block } from "./decode-block.ts";
import { crc, type EdcKind, lrc } from "./edc.ts";
import { answeringNad, decodeNad, encodeNad, isNad } from "./nad.ts";

interface Vectors {
  readonly edc: EdcKind;
  readonly blocks: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly meaning: Record<string, unknown>;
  }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../../fixtures/vectors/t1.json", import.meta.url), "utf8"),
);

const nad = fc.integer({ min: 0, max: 0x77 }).filter(isNad);
const bit = fc.constantFrom(0 as const, 1 as const);
const direction = fc.constantFrom("request" as const, "response" as const);
const edcKind = fc.constantFrom<EdcKind>("LRC", "CRC");
const anyBlock: fc.Arbitrary<ValidBlock> = fc.oneof(
  fc.record({
    kind: fc.constant("I" as const),
    nad,
    ns: bit,
    more: fc.boolean(),
    inf: fc.uint8Array({ maxLength: 254 }),
  }),
  fc.record({
    kind: fc.constant("R" as const),
    nad,
    nr: bit,
    error: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }),
  fc.record({
    kind: fc.constant("S" as const),
    nad,
    direction,
    type: fc.constantFrom("RESYNCH" as const, "ABORT" as const),
  }),
  fc.record({
    kind: fc.constant("S" as const),
    nad,
    direction,
    type: fc.constantFrom("IFS" as const, "WTX" as const),
    value: fc.integer({ min: 1, max: 254 }),
  }),
);

function withLrc(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  return Uint8Array.of(...bytes, lrc(bytes, bytes.length));
}

describe("T=1 block", () => {
  it.each(vectors.blocks.map((vector) => [vector.name, vector] as const))("reads and writes %s", (_name, vector) => {
    const decoded = decodeT1Block(fromHex(vector.bytes), vectors.edc);
    const shown = decoded.kind === "I" ? { ...decoded, inf: toHex(decoded.inf) } : decoded;
    expect(shown).toEqual(vector.meaning);
    expect(toHex(encodeT1Block(decoded, vectors.edc))).toBe(vector.bytes);
  });

  it("comes back from its bytes unchanged, under either EDC", () => {
    fc.assert(
      fc.property(anyBlock, edcKind, (block, edc) => {
        expect(decodeT1Block(encodeT1Block(block, edc), edc)).toEqual(block);
      }),
    );
  });

  it("notices every flipped bit, under either EDC", () => {
    fc.assert(
      fc.property(anyBlock, edcKind, fc.nat(), (block, edc, where) => {
        const bytes = encodeT1Block(block, edc);
        expect(decodeT1Block(flipBit(bytes, where % (bytes.length * 8)), edc).kind).toBe("invalid");
      }),
    );
  });

  it("reads any bytes without throwing, and what it accepts has only that encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), edcKind, (bytes, edc) => {
        expect(toHex(encodeT1Block(decodeT1Block(bytes, edc), edc))).toBe(toHex(bytes));
      }),
    );
  });

  it.each<[string, Uint8Array, string]>([
    ["nothing", fromHex(""), "length"],
    ["a block without EDC", fromHex("000000"), "length"],
    ["LEN FF", withLrc(`0000FF${"00".repeat(255)}`), "length"],
    ["LEN greater than INF", withLrc("00000201"), "length"],
    ["an R-block with INF", withLrc("0080010 0".replace(" ", "")), "length"],
    ["an IFS without a size", withLrc("00C100"), "length"],
    ["a RESYNCH with INF", withLrc("00C00101"), "length"],
    ["a wrong EDC", fromHex("12C000D3"), "edc"],
    ["bit 8 of NAD", withLrc("800000"), "nad"],
    ["SAD equal to DAD", withLrc("110000"), "nad"],
    ["an I-block with a reserved bit", withLrc("000100"), "pcb"],
    ["an R-block with error 3", withLrc("008300"), "pcb"],
    ["an R-block with bit 6", withLrc("00A000"), "pcb"],
    ["an S-block of unknown type", withLrc("00C400"), "pcb"],
    ["IFS 00", withLrc("00C10100"), "inf"],
    ["IFS FF", withLrc("00C101FF"), "inf"],
    ["WTX 00", withLrc("00C30100"), "inf"],
  ])("%s is invalid and keeps its bytes", (_name, bytes, reason) => {
    expect(decodeT1Block(bytes, "LRC")).toEqual({ kind: "invalid", reason, bytes });
  });

  it("cannot be written with 255 bytes of INF", () => {
    const block: T1Block = { kind: "I", nad: 0, ns: 0, more: false, inf: new Uint8Array(255) };
    expect(() => encodeT1Block(block, "LRC")).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it.each<[T1Block, string]>([
    [{ kind: "I", nad: 0, ns: 1, more: true, inf: fromHex("0102") }, "I(1, more) 2 bytes"],
    [{ kind: "R", nad: 0, nr: 0, error: 1 }, "R(0) EDC error"],
    [{ kind: "S", nad: 0, direction: "request", type: "WTX", value: 3 }, "S(WTX request 3)"],
    [{ kind: "invalid", reason: "edc", bytes: fromHex("AB") }, "no block (edc) AB"],
  ])("describes %o", (block, text) => {
    expect(describeT1Block(block)).toBe(text);
  });
});

describe("EDC", () => {
  it("has the published check value for the digits 1 to 9 (CRC-16/MCRF4XX: same polynomial, start and no complement)", () => {
    const digits = new TextEncoder().encode("123456789");
    expect(crc(digits, digits.length)).toBe(0x6f91);
  });

  it("sends the high byte of the CRC first", () => {
    const digits = new TextEncoder().encode("123456789");
    const block = encodeT1Block({ kind: "I", nad: 0, ns: 0, more: false, inf: digits }, "CRC");
    const expected = crc(block, block.length - 2);
    expect([block.at(-2), block.at(-1)]).toEqual([expected >> 8, expected & 0xff]);
  });
});

describe("NAD", () => {
  // CT-API: host 2, terminal 1, first card 0, second card 3.
  it.each([
    [2, 1, 0x12, 0x21],
    [2, 0, 0x02, 0x20],
    [2, 3, 0x32, 0x23],
    [0, 0, 0x00, 0x00],
  ])("from %d to %d is %d, and the answer comes with %d", (sad, dad, value, answer) => {
    expect(encodeNad({ sad, dad })).toBe(value);
    expect(decodeNad(value)).toEqual({ sad, dad });
    expect(answeringNad(value)).toBe(answer);
  });

  it.each([
    [8, 0],
    [0, 8],
    [3, 3],
    [-1, 0],
  ])("SAD %d with DAD %d cannot be written", (sad, dad) => {
    expect(() => encodeNad({ sad, dad })).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });
});
