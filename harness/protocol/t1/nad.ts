/** Node addresses (ISO/IEC 7816-3, 11.3.2.1): DAD in bits 7 to 5 of NAD, SAD in bits 3 to 1, bits 8 and 4 zero. */
import { PursebenchError } from "../../core/errors.ts";

/** The two ends as seen by the sender of a block, 0 to 7 each. 0 and 0 means that addressing is not used. */
export interface NodeAddress {
  readonly sad: number;
  readonly dad: number;
}

/** NAD of blocks sent from `sad` to `dad`. Throws `PROTOCOL` for addresses that cannot be written. */
export function encodeNad({ sad, dad }: NodeAddress): number {
  const nad = (dad << 4) | sad;
  if (sad > 7 || dad > 7 || !isNad(nad))
    throw new PursebenchError("PROTOCOL", `no node address: SAD ${sad}, DAD ${dad}`);
  return nad;
}

export function decodeNad(nad: number): NodeAddress {
  return { sad: nad & 0x07, dad: (nad >> 4) & 0x07 };
}

/** NAD of the blocks that answer blocks with `nad`: 12 and 21. */
export function answeringNad(nad: number): number {
  return ((nad & 0x07) << 4) | ((nad >> 4) & 0x07);
}

/** False for set bits 8 or 4 and for SAD = DAD other than 0, which the clause reserves. */
export function isNad(nad: number): boolean {
  return (nad & ~0x77) === 0 && (nad === 0 || nad >> 4 !== (nad & 0x07));
}
