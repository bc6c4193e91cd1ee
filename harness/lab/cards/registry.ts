import { hangingCard, malformedAtrCard, muteCard } from "../../device/virtual/wrong-cards.ts";
import { type CardFactory, type CardRegistry, plainCard } from "./card-kind.ts";
import { exerciserOf } from "./exerciser-card.ts";
import { answersCard } from "./test-cards.ts";
import { vpcdCard } from "./vpcd-card.ts";

/** The kinds that every lab knows, and those that the composition root adds, e.g. `sim`. */
export function labCards(more: Iterable<readonly [string, CardFactory]> = []): CardRegistry {
  return new Map<string, CardFactory>([
    ["mute", plainCard(muteCard)],
    ["malformed-atr", plainCard(malformedAtrCard)],
    ["hangs", plainCard(hangingCard)],
    ["answers", plainCard(answersCard)],
    ["exerciser", plainCard(exerciserOf)],
    ["vpcd", vpcdCard],
    ...more,
  ]);
}
