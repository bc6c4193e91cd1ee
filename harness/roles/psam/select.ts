import { toHex } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { encodePsamIdentity, PSAM_AID } from "../../protocol/messages/select-purse.ts";
import { answered, type PsamStep, refused, written } from "./answer.ts";
import type { PsamMemory, PsamState } from "./state.ts";
import { withOpenSuspended } from "./transactions.ts";

/** SELECT (psam-edge.md, sections 1 and 2): the card at hand is forgotten, a debit in *debit issued* becomes suspended. */
export function select(state: PsamState, apdu: CommandApdu): PsamStep {
  if (toHex(apdu.data) !== PSAM_AID) return refused(state, 0x6a82);
  const selected: PsamState = { ...state, session: { kind: "idle" } };
  const identity = psamIdentity(state.memory);
  if (state.memory.open === null) return answered(selected, identity);
  return written(selected, withOpenSuspended(state.memory), identity);
}

/** File control information of this PSAM. */
export function psamIdentity({ PPPSAM, IDPSAM }: PsamMemory): Uint8Array {
  return encodePsamIdentity({ PPPSAM, IDPSAM, profile: "PSAM-1" });
}
