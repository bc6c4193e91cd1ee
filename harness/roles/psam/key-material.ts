import { fromHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { InitResponse } from "../../protocol/messages/init-response.ts";
import type { PurseContext } from "./crypto.ts";
import { cardOf } from "./kept.ts";
import type { Authority, MasterKey, PsamMemory, Transaction } from "./state.ts";

/** The master key for that card, or undefined. */
export function masterKeyFor(
  memory: PsamMemory,
  card: Pick<InitResponse, "PPIEP" | "ALGIEP" | "VKIEP">,
): MasterKey | undefined {
  return memory.keys.find(
    ({ PPIEP, ALGIEP, VKIEP }) => PPIEP === card.PPIEP && ALGIEP === card.ALGIEP && VKIEP === card.VKIEP,
  );
}

/** The CA of that card, or undefined. */
export function authorityFor(memory: PsamMemory, card: Pick<InitResponse, "PPIEP" | "VKIEP">): Authority | undefined {
  return memory.authorities.find(({ PPIEP, VKIEP }) => PPIEP === card.PPIEP && VKIEP === card.VKIEP);
}

/**
 * What signatures of that transaction are made with: the session key of a public key card, else the master key under
 * which it was begun. Throws `INTERNAL` when the key is gone, which PACKAGE: INITIALIZE IEP has checked.
 */
export function contextOf(memory: PsamMemory, purse: Pick<Transaction, "INITRSP" | "SK" | "MKP">): PurseContext {
  const { SK, MKP } = purse;
  const bytes = fromHex(purse.INITRSP);
  const card = cardOf(bytes);
  if (SK !== undefined) return { ALGIEP: card.ALGIEP, MKP: "", SK, INITRSP: bytes };
  if (MKP !== undefined) return { ALGIEP: card.ALGIEP, MKP, INITRSP: bytes };
  const key = masterKeyFor(memory, card);
  if (!key) throw new PursebenchError("INTERNAL", "the master key of an accepted card is gone");
  return { ALGIEP: key.ALGIEP, MKP: key.MKP, INITRSP: bytes };
}
