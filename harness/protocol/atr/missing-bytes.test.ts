import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { missingAtrBytes } from "./missing-bytes.ts";

describe("collecting an answer to reset", () => {
  it.each(["3B00", "3B020102", "3B800181", "3B848131FE457465737499", "3F6500003801020304"])(
    "%s is whole at its last byte and not before",
    (hex) => {
      const whole = fromHex(hex);
      for (let length = 0; length < whole.length; length++)
        expect(missingAtrBytes(whole.subarray(0, length)), `${length} bytes`).toBeGreaterThan(0);
      expect(missingAtrBytes(whole)).toBe(0);
    },
  );

  it("asks for no more than is announced", () => {
    expect(missingAtrBytes(fromHex(""))).toBe(2);
    expect(missingAtrBytes(fromHex("3B"))).toBe(1);
    expect(missingAtrBytes(fromHex("3BF0"))).toBe(4); // TA1 TB1 TC1 TD1
    expect(missingAtrBytes(fromHex("3B848131FE45"))).toBe(5); // four historical bytes and TCK
  });

  it("ends at 33 bytes, whatever is announced", () => {
    const endless = new Uint8Array(33).fill(0xff);
    endless[0] = 0x3b;
    expect(missingAtrBytes(endless)).toBe(0);
    expect(missingAtrBytes(endless.subarray(0, 32))).toBe(1);
  });
});
