import { describe, expect, it } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { type Delivered, encodeDelivery, parseDelivery } from "./delivery.ts";
import { describe as inWords } from "./describe.ts";
import { encodeMessage } from "./message.ts";

const BATCHNO = "0001230050504D31";
const refusal: Delivered = { kind: "batch-refusal", IDCP: "PS1", BATCHNO, NTCOL: 7, CC: "A031" };
const receipt: Delivered = { kind: "update-receipt", BATCHNO, NTUPD: 3, CC: "0000" };

describe("a delivery", () => {
  it("holds any number of messages, in their order", () => {
    expect(parseDelivery(encodeDelivery([]))).toEqual({ ok: true, messages: [] });
    const messages = [refusal, receipt, { ...refusal, NTCOL: 8 }];
    expect(parseDelivery(encodeDelivery(messages))).toEqual({ ok: true, messages });
  });

  it("is refused as a whole when one message in it is none, or is no delivered one", () => {
    const good = encodeDelivery([refusal]);
    expect(parseDelivery(good.subarray(0, -1)).ok).toBe(false);
    expect(parseDelivery(new Uint8Array([...good, 0]))).toMatchObject({ ok: false });
    const stray = encodeMessage({ kind: "load-amount", IDTRX: "00".repeat(16), MLDA: 1 });
    const bytes = Uint8Array.of(0xbc, stray.length, ...stray);
    expect(parseDelivery(bytes)).toEqual({ ok: false, reason: "load-amount in a delivery" });
    expect(parseDelivery(encodeMessage(refusal))).toEqual({ ok: false, reason: "no delivery" });
  });
});

it("in words each message of a delivery has its number", () => {
  const body = toHex(encodeDelivery([refusal, refusal]));
  expect(inWords("batch", "clearing-system", new TextEncoder().encode(`200\n\n${body}`))).toMatchObject({
    http: "200",
    "1.message": "batch-refusal",
    "1.CC": expect.stringContaining("A031"),
    "2.message": "batch-refusal",
  });
});
