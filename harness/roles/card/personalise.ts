import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { deriveCardKey } from "../../crypto/purse-keys.ts";
import { type CardData, checkCardData } from "./card-data.ts";
import type { CardState, Purse } from "./state.ts";

/** Where master keys come from; `TestKeySet` is one. */
export interface MasterKeys {
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
}

/**
 * A personalised card in its idle state. `random` gives the seed of its challenges. Throws `USAGE` when the data are not
 * valid or when there is no master key for (PPIEP, ALGIEP, VKIEP).
 */
export function createCard(data: CardData, keys: MasterKeys, random: Random): CardState {
  checkCardData(data);
  const { PPIEP, IDIEP, ALGIEP, VKIEP } = data;
  const MKP = keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (!MKP) {
    throw new PursebenchError("USAGE", `no master purchase key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, {
      mend: "add it to the test key set or personalise the card for another key",
    });
  }
  const KDP = toHex(deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP));
  return {
    purse: { ...data, KDP, log: [], previous: null },
    session: { kind: "idle" },
    entropy: toHex(random(32)),
    undo: null,
  };
}

/** A card after power has come back, from the purse that `serveCard` handed out for keeping. */
export function restoreCard(purse: Purse, random: Random): CardState {
  return { purse, session: { kind: "idle" }, entropy: toHex(random(32)), undo: null };
}
