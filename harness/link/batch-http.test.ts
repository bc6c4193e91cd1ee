import { expect, test } from "vitest";
import { BATCH_BODY_LIMIT, batchAnswer, getFor, messageIn, pathOf, postOf, senderOf } from "./batch-http.ts";

test("a message travels as upper-case hex text", () => {
  const request = postOf("/batches", Uint8Array.of(0xb8, 0x00));
  expect(request).toEqual({
    method: "POST",
    path: "/batches",
    headers: { "content-type": "text/plain" },
    body: "B800",
  });
  expect(messageIn(request.body)).toEqual(Uint8Array.of(0xb8, 0x00));
  expect(batchAnswer(202)).toEqual({ status: 202, headers: { "content-type": "text/plain" }, body: "" });
});

test.each(["b800", "B80", "B8 00", "B8\n", "Ä8", "B8".repeat(BATCH_BODY_LIMIT / 2 + 1)])(
  "%.8s… is no message",
  (body) => {
    expect(messageIn(body)).toBeUndefined();
  },
);

test("a sender is named once, whatever characters its name has", () => {
  const request = getFor("/deliveries", "PS 1&x=~");
  expect(pathOf(request)).toBe("/deliveries");
  expect(senderOf(request)).toBe("PS 1&x=~");
  expect(senderOf({ ...request, path: "/deliveries" })).toBeUndefined();
  expect(senderOf({ ...request, path: "/deliveries?sender=A&sender=B" })).toBeUndefined();
});
