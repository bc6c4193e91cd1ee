/**
 * How many bytes an answer to reset still lacks, for whoever collects it character by character: 0 when it is whole, otherwise at
 * least 1. TA, TB, TC, TD and the historical bytes are announced before they come (ISO/IEC 7816-3, 8.2). Never above 33 in all.
 */
import { MAX_ATR_LENGTH } from "./atr.ts";

export function missingAtrBytes(bytes: Uint8Array): number {
  const t0 = bytes[1];
  if (t0 === undefined) return 2 - bytes.length;
  let at = 2;
  let announced = t0 >> 4;
  let isCheckDue = false;
  for (;;) {
    for (const bit of [1, 2, 4]) if ((announced & bit) !== 0) at++;
    if ((announced & 8) === 0) break;
    const td = bytes[at];
    if (td === undefined || at >= MAX_ATR_LENGTH) return upTo(bytes, at + 1);
    at++;
    if ((td & 0x0f) !== 0) isCheckDue = true;
    announced = td >> 4;
  }
  return upTo(bytes, at + (t0 & 0x0f) + (isCheckDue ? 1 : 0));
}

function upTo(bytes: Uint8Array, whole: number): number {
  return Math.max(0, Math.min(whole, MAX_ATR_LENGTH) - bytes.length);
}
