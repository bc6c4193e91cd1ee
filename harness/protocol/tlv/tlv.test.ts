import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { findTlv, requireTlv } from "./find-tlv.ts";
import { parseTlv, type TlvNode } from "./read-tlv.ts";
import { isConstructed, tagLength, tagName } from "./tag.ts";
import { encodeTemplate, encodeTlv, tlvLength, writeTlv } from "./write-tlv.ts";

const PRIMITIVE_TAGS = [0x01, 0x50, 0x84, 0xc1, 0x5f20, 0x9f02, 0xdf7f, 0x9f8101, 0xdfff7f];
const TEMPLATE_TAGS = [0x61, 0x6f, 0xa5, 0xe1, 0x7f21, 0xbf0c, 0xff8101];

interface Tree {
  readonly tag: number;
  readonly content: Uint8Array | readonly Tree[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.record({ tag: fc.constantFrom(...PRIMITIVE_TAGS), content: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ tag: fc.constantFrom(...TEMPLATE_TAGS), content: fc.array(tie("tree"), { maxLength: 4 }) }),
  ),
}));

function encodeTree({ tag, content }: Tree): Uint8Array {
  if (content instanceof Uint8Array) return encodeTlv(tag, content);
  return encodeTemplate(tag, ...content.map(encodeTree));
}

function treeOf(node: TlvNode): Tree {
  return { tag: node.tag, content: node.children?.map(treeOf) ?? node.value };
}

describe("tags", () => {
  it.each([
    [0x50, 1, false],
    [0x6f, 1, true],
    [0x5f20, 2, false],
    [0x9f02, 2, false],
    [0xbf0c, 2, true],
    [0xdf8101, 3, false],
    [0x7f8101, 3, true],
  ])("%d is a tag", (tag, length, constructed) => {
    expect(tagLength(tag)).toBe(length);
    expect(isConstructed(tag)).toBe(constructed);
  });

  it.each([
    0, -1, 1.5, 0x1f, 0x5f, 0x5020, 0x5f80, 0x5f00, 0x5f8081, 0x5f8001, 0x508101, 0xdf8180, 0xdf0101, 0x1000000,
  ])("%d is no tag", (tag) => {
    expect(tagLength(tag)).toBe(0);
    expect(() => encodeTlv(tag, new Uint8Array(0))).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("are named in hex of whole bytes", () => {
    expect([tagName(0x01), tagName(0x5f20)]).toEqual(["01", "5F20"]);
  });
});

describe("BER-TLV writer", () => {
  // Length fields as in ISO/IEC 7816-4, 5.2.2.2.
  it.each([
    [0, "00"],
    [0x7f, "7F"],
    [0x80, "8180"],
    [0xff, "81FF"],
    [0x100, "820100"],
    [0xffff, "82FFFF"],
    [0x10000, "83010000"],
    [0x1000000, "8401000000"],
  ])("writes a length of %d in its shortest form", (length, hex) => {
    const bytes = encodeTlv(0x50, new Uint8Array(length));
    expect(toHex(bytes.subarray(0, 1 + hex.length / 2))).toBe(`50${hex}`);
    expect(bytes.length).toBe(1 + hex.length / 2 + length);
    expect(tlvLength(0x50, length)).toBe(bytes.length);
  });

  it("writes objects one behind the other into one buffer", () => {
    const target = new Uint8Array(7);
    const next = writeTlv(target, 0, 0x50, fromHex("AB"));
    expect(writeTlv(target, next, 0x5f20, fromHex("CD"))).toBe(7);
    expect(toHex(target)).toBe("5001AB5F2001CD");
    expect(() => writeTlv(target, 5, 0x50, fromHex("AB"))).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });
});

describe("BER-TLV reader", () => {
  it("reads a file control template with its children", () => {
    const parsed = parseTlv(fromHex("6F0A 8402 A0B0 A504 9F02 01 07"));
    expect(parsed).toEqual({
      ok: true,
      nodes: [
        {
          tag: 0x6f,
          value: fromHex("8402A0B0A5049F020107"),
          children: [
            { tag: 0x84, value: fromHex("A0B0") },
            { tag: 0xa5, value: fromHex("9F020107"), children: [{ tag: 0x9f02, value: fromHex("07") }] },
          ],
        },
      ],
    });
  });

  it("gives back what the writer wrote", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (trees) => {
        const parsed = parseTlv(concat(...trees.map(encodeTree)), { maxBytes: 1 << 20 });
        expect(parsed.ok && parsed.nodes.map(treeOf)).toEqual(trees);
      }),
    );
  });

  it("reads any bytes without throwing, and what it accepts has only that encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const parsed = parseTlv(bytes);
        if (parsed.ok) expect(toHex(concat(...parsed.nodes.map(treeOf).map(encodeTree)))).toBe(toHex(bytes));
        else expect(parsed.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["a tag without a length", "50", "the length is missing", 1],
    ["a long tag that is cut off", "5F", "the tag is cut off", 0],
    ["a tag of four bytes", "5F81818101", "more than 3 bytes", 0],
    ["the tag 00", "0000", "no valid tag", 0],
    ["an indefinite length", "50800000", "indefinite", 1],
    ["a length field of six bytes", "5085000000000100", "more than 5", 1],
    ["a length field that is cut off", "508201", "cut off", 1],
    ["a value that is cut off", "5003AABB", "says 3 and 2 bytes are left", 1],
    ["a length of 4 GB", "5084FFFFFFFF", "says 4294967295", 1],
    ["a longer length field than needed", "50810100", "shortest", 1],
    ["a longer length field of two bytes", "508200FF", "shortest", 1],
    ["a child that reaches beyond its template", "6103500200500100", "says 2 and 1 bytes are left", 3],
    ["a second object that is wrong", "500100 51", "missing", 4],
  ])("refuses %s and says where", (_name, hex, reason, offset) => {
    expect(parseTlv(fromHex(hex))).toEqual({ ok: false, reason: expect.stringContaining(reason), offset });
  });

  it("accepts a longer length field than needed when it is lenient", () => {
    const parsed = parseTlv(fromHex("508400000001AA"), { lenient: true });
    expect(parsed).toEqual({ ok: true, nodes: [{ tag: 0x50, value: fromHex("AA") }] });
  });

  it("stops at the nesting bound, not one earlier", () => {
    const three = encodeTemplate(0x61, encodeTemplate(0x61, encodeTemplate(0x61)));
    expect(parseTlv(three, { maxDepth: 3 }).ok).toBe(true);
    expect(parseTlv(three, { maxDepth: 2 })).toEqual({ ok: false, reason: "nested deeper than 2", offset: 4 });
  });

  it("stops at the size bound, not one earlier", () => {
    const four = encodeTlv(0x50, fromHex("AABB"));
    expect(parseTlv(four, { maxBytes: 4 }).ok).toBe(true);
    expect(parseTlv(four, { maxBytes: 3 })).toEqual({ ok: false, reason: "4 bytes, at most 3", offset: 3 });
  });
});

describe("looking for an object", () => {
  const nodes: readonly TlvNode[] = [
    { tag: 0x50, value: fromHex("01") },
    { tag: 0x51, value: fromHex("02") },
    { tag: 0x50, value: fromHex("03") },
  ];

  it("finds the first one or nothing", () => {
    expect(findTlv(nodes, 0x50)).toBe(nodes[0]);
    expect(findTlv(nodes, 0x52)).toBeUndefined();
  });

  it("requires exactly one", () => {
    expect(requireTlv(nodes, 0x51)).toBe(nodes[1]);
    expect(() => requireTlv(nodes, 0x52)).toThrow("data object 52 is missing");
    expect(() => requireTlv(nodes, 0x50)).toThrow("data object 50 is there twice");
  });
});
