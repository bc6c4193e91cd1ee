import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { deriveCardKey } from "../../crypto/purse-keys.ts";
import { type CardData, checkCardData } from "./card-data.ts";
import { type PublicKeys, publicKeyPart } from "./certificates.ts";
import type { CardState, Purse } from "./state.ts";

/** Where keys come from; `TestKeySet` is one. */
export interface CardKeys extends PublicKeys {
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
}

/**
 * A personalised card in its idle state. `random` gives the seed of its challenges. Throws `USAGE` when the data are not
 * valid or when a key is not there: the master key for (PPIEP, ALGIEP, VKIEP), or those of a public key card.
 */
export function createCard(data: CardData, keys: CardKeys, random: Random): CardState {
  checkCardData(data);
  const secrets = data.publicKey
    ? { KDP: "", rsa: publicKeyPart(data, data.publicKey, keys) }
    : { KDP: purchaseKey(data, keys) };
  return {
    purse: { ...data, ...secrets, log: [], previous: null },
    session: { kind: "idle" },
    entropy: toHex(random(32)),
    undo: null,
  };
}

/** A card after power has come back, from the purse that `serveCard` handed out for keeping. */
export function restoreCard(purse: Purse, random: Random): CardState {
  return { purse, session: { kind: "idle" }, entropy: toHex(random(32)), undo: null };
}

/** KDP, 32 hex digits. */
function purchaseKey({ PPIEP, IDIEP, ALGIEP, VKIEP }: CardData, keys: CardKeys): string {
  const MKP = keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (MKP) return toHex(deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP));
  throw new PursebenchError("USAGE", `no master purchase key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, {
    mend: "add it to the test key set or personalise the card for another key",
  });
}
