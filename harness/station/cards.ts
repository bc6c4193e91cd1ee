/** Simulated cards of every kind that a bench may hold. */
import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import type { Random } from "../core/random.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { CardRole } from "../roles/card/model.ts";
import { malformedAtrCard, muteCard, noPurseCard } from "../roles/card/odd-cards.ts";
import { createCard } from "../roles/card/personalise.ts";
import { serveCard } from "../roles/card/serve.ts";
import { cardData } from "./fixtures.ts";

export interface CardParts {
  readonly keys: TestKeySet;
  readonly random: Random;
  /** The reference card when absent. */
  readonly role?: CardRole | undefined;
  /** `specimen` under another name of `fixtures/cards/`, e.g. "aes". */
  readonly specimen?: string | undefined;
}

/** A fresh card of that kind. */
export function simulatedCard(kind: SimulatedCardKind, parts: CardParts): VirtualCard {
  const personalised = (name: string) => {
    const state = createCard(cardData(name), parts.keys, parts.random);
    return { state, random: parts.random, ...(parts.role ? { role: parts.role } : {}) };
  };
  switch (kind) {
    case "mute":
      return muteCard();
    case "no-purse":
      return noPurseCard();
    case "malformed-atr":
      return malformedAtrCard(personalised("specimen"));
    case "specimen":
      return serveCard(personalised(parts.specimen ?? "specimen"));
    default:
      return serveCard(personalised(kind));
  }
}
