import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { answered, type PsamStep, refused, refusedPackage } from "./answer.ts";
import type { PsamState } from "./state.ts";

/** PACKAGE: ANSWER TO RESET (psam-edge.md 4.1). */
export function packageAtr(state: PsamState, apdu: CommandApdu): PsamStep {
  if (state.memory.open !== null || state.session.kind !== "idle") return refused(state, 0x6985);
  if (!parseAtr(apdu.data).ok) return refusedPackage(state, 0x6a80);
  return answered({ ...state, session: { kind: "card-reset" } });
}
