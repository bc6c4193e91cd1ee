import { bytesToUint, fromHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { GET_PREVIOUS_LOAD } from "../../protocol/messages/get-previous-signature.ts";
import { answered, type CardStep, refused } from "./answer.ts";
import type { CardState } from "./state.ts";

/** GET PREVIOUS IEP SIGNATURE (card-edge.md 5.4): the very bytes that were lost, or 9406. P1 has been checked. */
export function previousSignature(state: CardState, apdu: CommandApdu): CardStep {
  const { previous } = state.purse;
  const kind = apdu.p1 === GET_PREVIOUS_LOAD.p1 ? "load" : "purchase";
  if (previous === null || previous.kind !== kind || previous.NTIEP !== bytesToUint(apdu.data)) {
    return refused(state, 0x9406);
  }
  return answered(state, fromHex(previous.CARDRSP));
}
