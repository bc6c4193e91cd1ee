import { expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { INVERSE_TS_AS_SEEN, inverted, invertedAll } from "./convention.ts";

it("reads characters of inverse convention: bits in the other order, and inverted", () => {
  expect(inverted(INVERSE_TS_AS_SEEN)).toBe(0x3f);
  expect(toHex(invertedAll(fromHex("03 00 FF 01 80 A5")))).toBe("3FFF007FFE5A");
  for (let byte = 0; byte < 256; byte++) expect(inverted(inverted(byte))).toBe(byte);
});
