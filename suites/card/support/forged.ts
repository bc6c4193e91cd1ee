/** Signatures that are nearly right: cut, moved, of other keys, over other bytes. What each of them is called is told in the evidence. */
import { concat, flipBit } from "../../../harness/core/bytes.ts";

/** A signature of 8 bytes, made wrong from the right one. */
export type Spoil = (right: Uint8Array) => Uint8Array;

const zeros = (count: number) => new Uint8Array(count);

/** Every way in which bytes of a right signature may be left, cut or moved; none of them is the right one again. */
export const SPOILT: readonly (readonly [what: string, spoil: Spoil])[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((kept): readonly [string, Spoil] => [
    `the first ${kept} bytes right, zeros behind`,
    (right) => concat(right.subarray(0, kept), zeros(8 - kept)),
  ]),
  ...[1, 2, 3, 4, 5, 6, 7].map((kept): readonly [string, Spoil] => [
    `the last ${kept} bytes right, zeros before`,
    (right) => concat(zeros(8 - kept), right.subarray(8 - kept)),
  ]),
  ...[1, 2, 4, 7].map((by): readonly [string, Spoil] => [
    `turned by ${by} bytes`,
    (right) => concat(right.subarray(by), right.subarray(0, by)),
  ]),
  ["reversed", (right) => right.slice().reverse()],
  ["its first half twice", (right) => concat(right.subarray(0, 4), right.subarray(0, 4))],
  ["its second half twice", (right) => concat(right.subarray(4), right.subarray(4))],
  ["inverted", (right) => right.map((byte) => byte ^ 0xff)],
  ["zeros", () => zeros(8)],
  ["ones", () => zeros(8).fill(0xff)],
];

/** `bytes` with one bit of each byte inverted, another one each time. */
export function eachByteAltered(bytes: Uint8Array): readonly (readonly [at: number, altered: Uint8Array])[] {
  return Array.from(bytes, (_, at) => [at, flipBit(bytes, at * 8 + (at % 8))] as const);
}

/** `bytes` with each of its bits inverted, one at a time, from byte `from` on. */
export function eachBitAltered(
  bytes: Uint8Array,
  from: number,
): readonly (readonly [bit: number, altered: Uint8Array])[] {
  return Array.from({ length: (bytes.length - from) * 8 }, (_, bit) => [bit, flipBit(bytes, from * 8 + bit)] as const);
}
