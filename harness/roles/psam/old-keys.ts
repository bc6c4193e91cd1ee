/** Whose keys change while the PSAM is at work (psam-edge.md 4.10): what was begun under a master key ends under it. */
import { fromHex } from "../../core/bytes.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import { cardOf } from "./kept.ts";
import { masterKeyFor } from "./key-material.ts";
import type { MasterKey, PsamMemory, PsamSession, PsamState, Transaction } from "./state.ts";

/** With the key of that name noted at each transaction, and at the draw under way, that needs it; the key itself stays. */
export function withOldKeyKept(state: PsamState, name: Pick<MasterKey, "PPIEP" | "ALGIEP" | "VKIEP">): PsamState {
  const key = masterKeyFor(state.memory, name);
  return key ? { ...state, memory: ofMemory(state.memory, key), session: noted(state.session, key) } : state;
}

/** The cards of all transactions that the PSAM keeps, and of the draw under way. */
export function cardsAtHand({ memory, session }: PsamState): readonly InitResponse[] {
  const { open, suspended, issued } = memory;
  const kept = [...(open ? [open] : []), ...suspended, ...issued].map(({ INITRSP }) => INITRSP);
  return ("INITRSP" in session ? [session.INITRSP, ...kept] : kept).map((INITRSP) => cardOf(fromHex(INITRSP)));
}

function ofMemory(memory: PsamMemory, key: MasterKey): PsamMemory {
  const noteAt = (transaction: Transaction) => noted(transaction, key);
  return {
    ...memory,
    open: memory.open && noteAt(memory.open),
    suspended: memory.suspended.map(noteAt),
    issued: memory.issued.map(noteAt),
  };
}

/** With the key, where it is that of the card and no older one is noted. A public key card has none: its ALGIEP is another. */
function noted<T extends Transaction | PsamSession>(begun: T, key: MasterKey): T {
  if (!("INITRSP" in begun) || ("MKP" in begun && begun.MKP !== undefined)) return begun;
  const { PPIEP, ALGIEP, VKIEP } = cardOf(fromHex(begun.INITRSP));
  const isOfKey = PPIEP === key.PPIEP && ALGIEP === key.ALGIEP && VKIEP === key.VKIEP;
  return isOfKey ? { ...begun, MKP: key.MKP } : begun;
}
