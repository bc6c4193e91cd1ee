/** Byte helpers shared by every layer. Bytes are `Uint8Array`; text forms are upper-case hex without separators. */

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).toUpperCase().padStart(2, "0"));

/** Upper-case hex of `bytes`, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Value of a hex digit by its character code; absent for every other character. */
const DIGITS = new Map(
  [..."0123456789abcdef", ..."ABCDEF"].map((digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]),
);

/** Bytes of a hex text; blanks are allowed between digits. Throws `RangeError` on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = /\s/.test(text) ? text.replace(/\s+/g, "") : text;
  const bytes = new Uint8Array(digits.length >> 1);
  let isHex = digits.length % 2 === 0;
  for (let index = 0; isHex && index < bytes.length; index++) {
    const high = DIGITS.get(digits.charCodeAt(2 * index));
    const low = DIGITS.get(digits.charCodeAt(2 * index + 1));
    if (high === undefined || low === undefined) isHex = false;
    else bytes[index] = (high << 4) | low;
  }
  if (!isHex) throw new RangeError(`not an even number of hex digits: "${text.slice(0, 40)}"`);
  return bytes;
}

/** One array holding `parts` in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Plain comparison, for values that are not secret. Secrets go through `crypto/constant-time.ts`. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Big-endian unsigned integer of `length` bytes. Throws `RangeError` when `value` does not fit. */
export function uintToBytes(value: number | bigint, length: number): Uint8Array {
  let rest = BigInt(value);
  if (rest < 0n || rest >= 1n << BigInt(8 * length)) throw new RangeError(`${value} does not fit ${length} bytes`);
  const bytes = new Uint8Array(length);
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Value of big-endian `bytes` (at most 6, so that a double holds it exactly). */
export function bytesToUint(bytes: Uint8Array): number {
  if (bytes.length > 6) throw new RangeError(`${bytes.length} bytes do not fit a safe integer`);
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** A copy of `bytes` with bit `bit` (0 = most significant bit of byte 0) inverted. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  const index = bit >> 3;
  const byte = copy[index];
  if (byte === undefined) throw new RangeError(`bit ${bit} is outside ${bytes.length} bytes`);
  copy[index] = byte ^ (0x80 >> (bit & 7));
  return copy;
}
