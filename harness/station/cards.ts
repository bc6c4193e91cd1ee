/** Simulated cards of every kind that a bench may hold. */
import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import type { Random } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { CardRole } from "../roles/card/model.ts";
import type { WriteOrder } from "../roles/card/nvm.ts";
import { malformedAtrCard, muteCard, noPurseCard } from "../roles/card/odd-cards.ts";
import { createCard } from "../roles/card/personalise.ts";
import { type SimulatedCard, serveCard } from "../roles/card/serve.ts";
import { cardData } from "./fixtures.ts";

export interface CardParts {
  readonly keys: TestKeySet;
  readonly random: Random;
  /** The reference card when absent. */
  readonly role?: CardRole | undefined;
  /** How it writes; by a journal when absent. */
  readonly writeOrder?: WriteOrder | undefined;
  /** Hears of each card that is a purse, as it is made. */
  readonly onCard?: ((card: SimulatedCard) => void) | undefined;
}

/** A fresh card of that kind. */
export function simulatedCard(kind: SimulatedCardKind, parts: CardParts): VirtualCard {
  const personalised = (name: string) => {
    const state = createCard(cardData(name), parts.keys, parts.random);
    const { random, role, writeOrder } = parts;
    return { state, random, ...(role ? { role } : {}), ...(writeOrder ? { writeOrder } : {}) };
  };
  switch (kind) {
    case "mute":
      return muteCard();
    case "no-purse":
      return noPurseCard();
    case "malformed-atr":
      return told(malformedAtrCard(personalised("specimen")), parts);
    default:
      return told(serveCard(personalised(kind)), parts);
  }
}

function told(card: SimulatedCard, { onCard }: CardParts): SimulatedCard {
  onCard?.(card);
  return card;
}

/** Cards by kind, each made when it is first asked for and the same one from then on. `specimen` is of kind `like`. */
export function cardBox(
  parts: CardParts,
  like: SimulatedCardKind = "specimen",
): (kind: SimulatedCardKind) => VirtualCard {
  const cards = new Map<SimulatedCardKind, VirtualCard>();
  return (kind) => {
    const card = cards.get(kind) ?? simulatedCard(kind === "specimen" ? like : kind, parts);
    cards.set(kind, card);
    return card;
  };
}
