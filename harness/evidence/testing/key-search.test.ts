import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { KeySearch } from "./key-search.ts";

const KEY = Buffer.from(fromHex("8F1C03A577E24BD09A66F0315CDE28B4"));
const HEX = KEY.toString("hex");
const search = new KeySearch([["KEY", KEY]]);

test.each([
  ["bytes", Buffer.concat([Buffer.from("x"), KEY, Buffer.from("y")])],
  ["bytes in reverse", Buffer.concat([Buffer.from("x"), Buffer.from(KEY).reverse()])],
  ["hex", `{"hex":"00${HEX}00"}`],
  ["hex", `{"hex":"00${HEX.toUpperCase()}00"}`],
  ["hex", `<td>8F 1C 03 A5<wbr>77 E2 4B D0</td>\n<td>9A:66:F0:31:5C:DE:28:B4</td>`],
  ["hex", [...KEY].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ")],
  ["hex", `<td title="${HEX}">x</td>`],
  ["hex in reverse", Buffer.from(KEY).reverse().toString("hex")],
  ["hex of hex", Buffer.from(HEX.toUpperCase()).toString("hex")],
  ["hex of lower-case hex", Buffer.from(HEX).toString("hex").toUpperCase()],
  ["decimal numbers", JSON.stringify([1, ...KEY, 2])],
  ["decimal numbers", JSON.stringify([1, ...KEY, 2], null, 2)],
  ["base64", KEY.toString("base64")],
  ["base64", Buffer.concat([Buffer.from("a"), KEY]).toString("base64")],
  [
    "base64",
    Buffer.concat([Buffer.from("ab"), KEY])
      .toString("base64")
      .replace(/.{8}/g, "$&\n"),
  ],
  ["base64url", KEY.toString("base64url")],
  ["bytes", Buffer.concat([Buffer.from("%PDF-1.7\nstream\n"), deflateSync(KEY), Buffer.from("\nendstream")])],
  ["hex", Buffer.from(`<p>${"x".repeat(200)}${HEX}</p>`).toString("base64")],
])("finds a key as %s", (form, content) => {
  expect(search.in(Buffer.from(content as string))).toContain(`KEY in ${form}`);
});

test("finds nothing where a byte of it is another", () => {
  for (let at = 0; at < KEY.length; at++) {
    const near = Buffer.from(KEY);
    near[at] = (near[at] ?? 0) ^ 0x40;
    for (const content of [near.toString("hex"), JSON.stringify([...near]), near]) {
      expect(search.in(Buffer.from(content as string))).toEqual([]);
    }
  }
});
