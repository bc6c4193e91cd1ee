import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import { ownKey } from "./own-key.ts";

test("a key is the same whenever it is made, another for another name, and has 896 bits", () => {
  const key = ownKey("a");
  expect(ownKey("a")).toEqual(key);
  expect(ownKey("b").modulus).not.toEqual(key.modulus);
  expect(key.modulus).toHaveLength(112);
  expect(key.modulus[0]).toBeGreaterThan(0x7f);
});

test("what it signs is its own, and nobody else's", () => {
  const of = (name: string) =>
    createPrivateKey({ key: Buffer.from(ownKey(name).privateKey, "base64"), format: "der", type: "pkcs8" });
  const text = Buffer.from("signed");
  const signature = sign("sha256", text, of("a"));
  expect(verify("sha256", text, createPublicKey(of("a")), signature)).toBe(true);
  expect(verify("sha256", text, createPublicKey(of("b")), signature)).toBe(false);
});
