/** What a line does to the characters of a block. */
import { concat } from "../../../harness/core/bytes.ts";

export const SPOILS = ["altered", "lost", "doubled"] as const;
export type Spoil = (typeof SPOILS)[number];

/** `bytes` with the byte at `at` spoilt: one bit of it altered (another one for each place), left out, or there twice. */
export function spoilt(bytes: Uint8Array, at: number, how: Spoil): Uint8Array {
  switch (how) {
    case "altered":
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte));
    case "lost":
      return concat(bytes.subarray(0, at), bytes.subarray(at + 1));
    case "doubled":
      return concat(bytes.subarray(0, at + 1), bytes.subarray(at));
  }
}
