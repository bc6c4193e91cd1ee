import { encodeTotals } from "../../protocol/messages/psam-read-totals.ts";
import { answered, type PsamStep } from "./answer.ts";
import type { PsamMemory, PsamState } from "./state.ts";

/** READ TOTALS (psam-edge.md 4.6). */
export function readTotals(state: PsamState): PsamStep {
  return answered(state, totalsOf(state.memory));
}

/** 16 + n x 16 bytes. */
export function totalsOf({ PPPSAM, IDPSAM, NTPSAM, updated, suspended, totals }: PsamMemory): Uint8Array {
  return encodeTotals({ PPPSAM, IDPSAM, NTPSAM, updated, suspended: suspended.length, totals });
}
