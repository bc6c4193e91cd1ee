/** What a person can do at a bench that it cannot do itself. */
import type { Bench } from "../bench/schema.ts";
import type { CardKind, HandOffers, SlotCardKind } from "../flows/system.ts";
import { isReal } from "./real-reader.ts";

const SLOT_CARDS = ["exerciser", "mute", "malformed-atr"] as const satisfies readonly SlotCardKind[];

/** Undefined where there is nothing that needs a hand. */
export function handOffersOf({ card, cardsAtHand, terminals }: Bench, isThere: boolean): HandOffers | undefined {
  const served = isReal(card);
  const terminalPower = terminals[0]?.terminal.kind === "serial";
  if (!served && !terminalPower) return undefined;
  const kinds = served ? cardsAtHand.map(({ kind }) => kind) : [];
  const cards = kinds.filter((kind): kind is Exclude<typeof kind, "exerciser"> & CardKind => kind !== "exerciser");
  return {
    isThere,
    cards: served ? ["specimen", ...cards] : [],
    removal: served,
    slotCards: SLOT_CARDS.filter((kind) => kinds.includes(kind)),
    terminalPower,
  };
}
