import { encodeBalance } from "../../protocol/messages/get-balance.ts";
import { answered, type CardStep } from "./answer.ts";
import type { CardState } from "./state.ts";

/** GET BALANCE (card-edge.md 5.5). */
export function balance(state: CardState): CardStep {
  return answered(state, encodeBalance(state.purse));
}
