/** Test data of the reader suite, and what the exerciser makes of it, computed here and not by the harness. */
import { fromHex } from "../../../harness/core/bytes.ts";

export function bytesOf(command: Uint8Array | string): Uint8Array {
  return typeof command === "string" ? fromHex(command) : command;
}

/** Bytes `from` on of the pattern of `total` bytes: byte i is (i * 7 + n) mod 256. */
export function pattern(total: number, from = 0, length = total - from): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (7 * (from + at) + total) % 256);
}

/** `length` bytes, different ones for each `salt`. */
export function filling(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + salt * 97 + length + (at >> 3)) % 256);
}

/** CCITT, polynomial 1021, start FFFF. */
export function crc(data: Uint8Array, start = 0xffff): number {
  let register = start;
  for (const byte of data) {
    for (let bit = 7; bit >= 0; bit--) {
      const isSet = ((register >> 15) ^ (byte >> bit)) & 1;
      register = ((register << 1) & 0xffff) ^ (isSet ? 0x1021 : 0);
    }
  }
  return register;
}

/** Whole numbers below `bound`, the same ones for each `seed` (a linear congruential generator of 31 bits). */
export function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * bound);
  };
}
