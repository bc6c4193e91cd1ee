import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { createCard } from "../roles/card/personalise.ts";
import { serveCard } from "../roles/card/serve.ts";
import type { CardParts } from "./cards.ts";
import { cardData } from "./fixtures.ts";

/** IDIEP of the card of box 0, decimal digits; the others follow. No other test card is numbered there. */
const FIRST_IDIEP = 9_000_000_000;

/** The card of set-top box number `index`: a fresh one like `kind` with numbers of its own. */
export function boxCard(
  index: number,
  kind: SimulatedCardKind,
  { keys, random, role, onCard }: CardParts,
): VirtualCard {
  const IDIEP = String(FIRST_IDIEP + index);
  const data = cardData(kind);
  const SNIEP = `${data.SNIEP.slice(0, 8)}${IDIEP.slice(2)}`;
  const state = createCard({ ...data, IDIEP, SNIEP }, keys, random);
  const card = serveCard({ state, random, ...(role ? { role } : {}) });
  onCard?.(card);
  return card;
}
