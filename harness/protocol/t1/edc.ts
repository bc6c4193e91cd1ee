/** Error detection codes of T=1 blocks (ISO/IEC 7816-3, 11.3.4 and 11.4.4). */

/** LRC: one byte, exclusive-or of all bytes before it. CRC: two bytes. */
export type EdcKind = "LRC" | "CRC";

/** Length of the epilogue field in bytes. */
export function edcLength(kind: EdcKind): 1 | 2 {
  return kind === "LRC" ? 1 : 2;
}

/** Exclusive-or of `bytes` up to `end`. */
export function lrc(bytes: Uint8Array, end: number): number {
  let check = 0;
  for (let index = 0; index < end; index++) check ^= bytes[index] ?? 0;
  return check;
}

/**
 * CRC of `bytes` up to `end`: polynomial x^16 + x^12 + x^5 + 1, bits reflected, start FFFF (ISO/IEC 13239).
 * Not complemented at the end and sent high byte first, as readers in the field do it (the CCID driver's T=1 does):
 * HDLC complements, and 7816-3 leaves that open enough for practice to decide.
 */
export function crc(bytes: Uint8Array, end: number): number {
  let rest = 0xffff;
  for (let index = 0; index < end; index++) {
    let mixed = (rest ^ (bytes[index] ?? 0)) & 0xff;
    mixed ^= (mixed << 4) & 0xff;
    rest = (rest >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4);
  }
  return rest & 0xffff;
}

/** Writes the code over the first `end` bytes behind them. `bytes` must have room. */
export function writeEdc(bytes: Uint8Array, end: number, kind: EdcKind): void {
  if (kind === "LRC") {
    bytes[end] = lrc(bytes, end);
    return;
  }
  const check = crc(bytes, end);
  bytes[end] = check >> 8;
  bytes[end + 1] = check;
}

/** True when the code behind the first `end` bytes is right. */
export function isEdcRight(bytes: Uint8Array, end: number, kind: EdcKind): boolean {
  if (kind === "LRC") return bytes[end] === lrc(bytes, end);
  const check = crc(bytes, end);
  return bytes[end] === check >> 8 && bytes[end + 1] === (check & 0xff);
}
