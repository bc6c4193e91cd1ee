import { toHex } from "../../core/bytes.ts";
import { nextChallenge } from "../../crypto/challenge.ts";
import { encodeInitResponse } from "../../protocol/messages/init-response.ts";
import { answered, type CardStep, refused } from "./answer.ts";
import type { CardState, Purse } from "./state.ts";

/** The number at which a purse can make no further transaction: after it the next one would repeat a number. */
export const LAST_NTIEP = 0xffff;

/** INITIALIZE IEP for purchase (card-edge.md 5.2): a fresh R, the same NTIEP until a transaction completes. */
export function initialize(state: CardState): CardStep {
  if (state.purse.NTIEP >= LAST_NTIEP) return refused({ ...state, session: { kind: "selected" } }, 0x9402);
  const { R, entropy } = nextChallenge(state.entropy);
  const INITRSP = initResponseOf(state.purse, R);
  return answered({ ...state, entropy, session: { kind: "initialised", INITRSP: toHex(INITRSP) } }, INITRSP);
}

/** INITRSP of this purse with challenge `R` (4 bytes). */
export function initResponseOf(purse: Purse, R: Uint8Array): Uint8Array {
  return encodeInitResponse({ ...purse, R: toHex(R) });
}
