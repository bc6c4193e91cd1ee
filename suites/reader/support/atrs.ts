/** Well-formed answers to reset, written out; only the check byte is computed (ISO/IEC 7816-3, 8.2.5). */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";

/** All of it, hex. `body` without TCK, which is due as soon as a protocol other than T=0 is named. */
export function withTck(body: string): string {
  const bytes = fromHex(body);
  const tck = bytes.subarray(1).reduce((sum, byte) => sum ^ byte, 0);
  return toHex(Uint8Array.of(...bytes, tck));
}

/** T=1, IFSC 254, BWI 4, CWI 5, LRC, with these historical bytes (15 at most). */
export function t1Atr(historical: Uint8Array): string {
  return withTck(`3B8${historical.length.toString(16)}8131FE45${toHex(historical)}`);
}

/** T=1 with that IFSC, LRC or CRC. */
export function t1With(IFSC: number, edc: "LRC" | "CRC" = "LRC"): string {
  const ifsc = toHex(Uint8Array.of(IFSC));
  return withTck(edc === "LRC" ? `3B848131${ifsc}4545584552` : `3B848171${ifsc}450145584552`);
}

type AtrRow = readonly [what: string, ATR: string];

export const T0_ATRS: readonly AtrRow[] = [
  ["two bytes, nothing but TS and T0", "3B00"],
  ["two historical bytes", "3B021450"],
  ["15 historical bytes", "3B0F000102030405060708090A0B0C0D0E"],
  ["T=0 named, TC2 0A", "3B84400A45584552"],
  ["inverse convention", "3F0445584552"],
];

export const T1_ATRS: readonly AtrRow[] = [
  ["T=1 with nothing but defaults", withTck("3B8001")],
  ["IFSC 254, BWI 4, CWI 5, four historical bytes", "3B848131FE454558455285"],
  ["15 historical bytes", t1Atr(fromHex("00112233445566778899AABBCCDDEE"))],
  ["LRC named in TC3", withTck("3B848171FE450045584552")],
  ["inverse convention", withTck("3F848131FE4545584552")],
];

export const LONG_ATRS: readonly AtrRow[] = [
  ["TA1, TB1, TC1, and a class byte behind T=15", withTck("3BF411000081B120451F0345584552")],
  ["33 bytes, five interface groups", withTck(`3BFF110000E1000AF1FE4500FF0300000F${"A5".repeat(15)}`)],
  ["T=1 in two groups", withTck("3B8481B1FE450145584552")],
  ["IFSC 32, BWI 0", withTck("3B848131200545584552")],
  ["one historical byte", withTck("3B818131FE4500")],
];
