import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { encodeMessage } from "../../../harness/protocol/messages/message.ts";
import { flipped, partsOf } from "./parts.ts";

const text = (value: string) => new TextEncoder().encode(value);
const IDTRX = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";
const REFUSAL = encodeMessage({ kind: "refusal", IDTRX, CC: "A001" });
const FRAME = new Uint8Array([0, 0, 0, 1, ...REFUSAL]);

describe("the parts of a message", () => {
  test.each([
    ["236", "payment-server", REFUSAL, ["IDTRX", "CC"]],
    ["LAN", "concentrator", FRAME, ["header", "IDTRX", "CC"]],
    ["235", "set-top-box", fromHex("905001001B"), ["header", "data"]],
    ["235", "card", fromHex("01029000"), ["data", "SW"]],
    ["SAM", "psam", fromHex("9404"), ["SW"]],
    ["234", "head-end", text("item=mug&quantity=1"), ["item", "quantity"]],
    ["234", "merchant", text('<param name="total-cost" value="250">'), ["total-cost"]],
    ["234", "merchant", text("<p>news</p>"), ["page"]],
  ] as const)("on link %s from %s", (link, from, message, names) => {
    expect(partsOf(link, from, message).map(({ name }) => name)).toEqual(names);
  });

  test("change by themselves, and put back what they were", () => {
    const messages = [
      ["LAN", "concentrator", FRAME],
      ["SAM", "terminal", fromHex("907000000C3B85")],
      ["235", "card", fromHex("01029000")],
      ["234", "head-end", text("item=mug&quantity=1")],
    ] as const;
    for (const [link, from, message] of messages) {
      for (const { value, withValue } of partsOf(link, from, message)) {
        const changed = withValue(flipped(value, "last"))(message);
        expect(changed.length).toBe(message.length);
        expect(changed.filter((byte, index) => byte !== message[index])).toHaveLength(1);
        expect(toHex(withValue(value)(changed))).toBe(toHex(message));
      }
    }
  });

  test("take the value of a message of another length", () => {
    const part = partsOf("SAM", "terminal", fromHex("907000000C3B85"))[1];
    expect(part && toHex(part.withValue(part.value)(fromHex("9070000002AABBCCDD")))).toBe("907000000C3B85");
  });
});

test("one bit turns: the first, the middle or the last", () => {
  const value = fromHex("0000");
  expect(["first", "middle", "last"].map((bit) => toHex(flipped(value, bit as "first")))).toEqual([
    "8000",
    "0080",
    "0001",
  ]);
});
