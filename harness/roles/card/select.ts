import { toHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { encodePurseIdentity, PURSE_AID } from "../../protocol/messages/select-purse.ts";
import { answered, type CardStep, refused } from "./answer.ts";
import type { CardState, Purse } from "./state.ts";

/** SELECT (card-edge.md 5.1). */
export function select(state: CardState, apdu: CommandApdu): CardStep {
  if (toHex(apdu.data) !== PURSE_AID) return refused(state, 0x6a82);
  return answered({ ...state, session: { kind: "selected" } }, purseIdentity(state.purse));
}

/** File control information of this purse. */
export function purseIdentity({ PPIEP, IDIEP, SNIEP }: Purse): Uint8Array {
  return encodePurseIdentity({ PPIEP, IDIEP, SNIEP, profile: "IEP-1" });
}
