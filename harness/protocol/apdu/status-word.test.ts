import { describe, expect, it } from "vitest";
import { bytesAvailable, describeStatusWord, isStatusWord, statusWord, sw, sw1, sw2, wrongLe } from "./status-word.ts";

describe("status word", () => {
  it.each([
    [0x9000, true],
    [0x9fff, true],
    [0x6100, true],
    [0x6fff, true],
    [0x60ff, false],
    [0x5fff, false],
    [0x7000, false],
    [0x8fff, false],
    [0xa000, false],
    [0x19000, false],
    [-1, false],
    [0x9000 + 0.5, false],
  ])("%d is a status word: %s", (value, expected) => {
    expect(isStatusWord(value)).toBe(expected);
  });

  it("refuses to exist outside 6xxx and 9xxx", () => {
    expect(() => statusWord(0x8000)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it.each([
    [0x9000, "9000 success"],
    [0x6110, "6110 16 more bytes available"],
    [0x6100, "6100 256 more bytes available"],
    [0x6c08, "6C08 wrong Le, 8 is right"],
    [0x63c2, "63C2 verification failed, 2 tries left"],
    [0x9302, "9302 MAC or signature wrong"],
    [0x9401, "9401 insufficient value"],
    [0x9406, "9406 signature not available"],
    [0x6fff, "6FFF not in the purse profile"],
    [0x0000, "0000 no status word"],
  ])("%d reads in words", (value, text) => {
    expect(describeStatusWord(value)).toBe(text);
  });

  it.each([
    0x6581, 0x6700, 0x6982, 0x6983, 0x6985, 0x6988, 0x6a80, 0x6a81, 0x6a82, 0x6a83, 0x6a86, 0x6b00, 0x6d00, 0x6e00,
    0x6f00, 0x9303, 0x9402, 0x9403, 0x9404,
  ])("the profile has a meaning for %d", (value) => {
    expect(describeStatusWord(value)).not.toContain("not in the purse profile");
  });

  it("tells lengths in SW2, with 00 for 256", () => {
    expect(bytesAvailable(256)).toBe(0x6100);
    expect(bytesAvailable(1)).toBe(0x6101);
    expect(wrongLe(256)).toBe(0x6c00);
    expect(wrongLe(255)).toBe(0x6cff);
    expect(() => bytesAvailable(0)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    expect(() => wrongLe(257)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("splits into its two bytes", () => {
    expect([sw1(sw("WRONG_DATA")), sw2(sw("WRONG_DATA"))]).toEqual([0x6a, 0x80]);
  });
});
