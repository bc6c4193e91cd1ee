import { bytesToUint, concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";

/** REFUSED (`clearing.md` 1): members of a batch that are not settled, 6 bytes each. */

export interface RefusedMember {
  /** Place in MEMBERS, 0 the first. */
  readonly index: number;
  /** Reason, 4 hex digits. */
  readonly CC: string;
}

const PART_BYTES = 6;

/** INDEX 4, reason 2, for each. */
export function encodeRefused(refused: readonly RefusedMember[]): Uint8Array {
  return concat(...refused.map(({ index, CC }) => concat(uintToBytes(index, 4), fromHex(CC))));
}

/** Reads REFUSED, whose length its row of the table of elements has checked; absent: nobody is refused. */
export function parseRefused(REFUSED: Uint8Array = new Uint8Array(0)): readonly RefusedMember[] {
  return Array.from({ length: Math.floor(REFUSED.length / PART_BYTES) }, (_, place) => {
    const part = REFUSED.subarray(place * PART_BYTES, (place + 1) * PART_BYTES);
    return { index: bytesToUint(part.subarray(0, 4)), CC: toHex(part.subarray(4)) };
  });
}
