import { concat, fromHex } from "../../core/bytes.ts";

/** TS, T0, TD1 (T=1), TD2 (T=1), TA3 (IFSC FE), TB3 (BWI 4, CWI 5), historical bytes "IEP-1". */
const WITHOUT_TCK = "3B 85 81 31 FE 45 49 45 50 2D 31";
/** TS, T0, historical bytes "IEP-1": T=0 alone, and so without TCK. */
const OF_T0 = "3B 05 49 45 50 2D 31";

/** Answer to reset of the reference card, 12 bytes, or of one that speaks T=0, 7 bytes (ISO/IEC 7816-3, 8.2). */
export function cardAtr(protocol: "T=0" | "T=1" = "T=1"): Uint8Array {
  return protocol === "T=0" ? fromHex(OF_T0) : withCheckByte(fromHex(WITHOUT_TCK));
}

/** The same with a check byte that is wrong: no well-formed answer to reset. */
export function malformedAtr(): Uint8Array {
  const atr = cardAtr();
  atr[atr.length - 1] = (atr.at(-1) ?? 0) ^ 0xff;
  return atr;
}

/** TCK: exclusive or of all bytes from T0 on. */
export function withCheckByte(bytes: Uint8Array): Uint8Array {
  let check = 0;
  for (const byte of bytes.subarray(1)) check ^= byte;
  return concat(bytes, Uint8Array.of(check));
}
