import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { deriveLoadKey, loadAlgorithm } from "../../crypto/load-keys.ts";
import { deriveCardUpdateKey } from "../../crypto/personalisation.ts";
import { deriveCardKey } from "../../crypto/purse-keys.ts";
import { type CardData, checkCardData } from "./card-data.ts";
import { type PublicKeys, publicKeyPart } from "./certificates.ts";
import type { CardState, Purse } from "./state.ts";

/** Where keys come from; `TestKeySet` is one. */
export interface CardKeys extends PublicKeys {
  masterLoadKey(PPIEP: string, ALGL: number, VKIEP: number): Uint8Array | undefined;
  masterUpdateKey(PPIEP: string): Uint8Array | undefined;
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
}

/**
 * A card in its idle state: personalised, or as its supplier gives it away. `random` gives the seed of its challenges. Throws
 * `USAGE` when the data are not valid or when a key is not there: a master key, or those of a public key card.
 */
export function createCard(data: CardData, keys: CardKeys, random: Random): CardState {
  checkCardData(data);
  return {
    purse: { ...data, ...secretsOf(data, keys), log: [], previous: null },
    session: { kind: "idle" },
    entropy: toHex(random(32)),
    undo: null,
  };
}

/** A card after power has come back, from the purse that `serveCard` handed out for keeping. */
export function restoreCard(purse: Purse, random: Random): CardState {
  return { purse, session: { kind: "idle" }, entropy: toHex(random(32)), undo: null };
}

function secretsOf(data: CardData, keys: CardKeys): Pick<Purse, "KDP" | "KDL" | "KDU" | "rsa"> {
  if (data.lifeCycle === "supplied") return { KDP: "", KDL: "", KDU: updateKey(data, keys) };
  if (!data.publicKey) return { KDP: purchaseKey(data, keys), KDL: loadKey(data, keys), KDU: "" };
  return { KDP: "", rsa: publicKeyPart(data, data.publicKey, keys), KDL: loadKey(data, keys), KDU: "" };
}

/** KDP, 32 hex digits. */
function purchaseKey({ PPIEP, IDIEP, ALGIEP, VKIEP }: CardData, keys: CardKeys): string {
  const MKP = keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  const what = `master purchase key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`;
  return toHex(deriveCardKey(ALGIEP, required(MKP, what), PPIEP, IDIEP));
}

/** KDL, 32 hex digits. */
function loadKey({ PPIEP, IDIEP, ALGIEP, VKIEP }: CardData, keys: CardKeys): string {
  const ALGL = loadAlgorithm(ALGIEP);
  const what = `master load key for PPIEP ${PPIEP}, ALGL ${ALGL}, VKIEP ${VKIEP}`;
  return toHex(deriveLoadKey(ALGL, required(keys.masterLoadKey(PPIEP, ALGL, VKIEP), what), PPIEP, IDIEP));
}

/** KDU, 32 hex digits. */
function updateKey({ issuer = "", SNIEP }: CardData, keys: CardKeys): string {
  return toHex(
    deriveCardUpdateKey(required(keys.masterUpdateKey(issuer), `master update key of PPIEP ${issuer}`), SNIEP),
  );
}

function required(key: Uint8Array | undefined, what: string): Uint8Array {
  if (key) return key;
  throw new PursebenchError("USAGE", `no ${what}`, {
    mend: "add it to the test key set or personalise the card for another key",
  });
}
