/** Card kind `sim` of the virtual lab: the harness's own cards, each the same one as long as the lab is up. */
import { CARD_KINDS, type SimulatedCardKind } from "../bench/card-kinds.ts";
import { PursebenchError } from "../core/errors.ts";
import { systemRandom } from "../core/random.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { type CardFactory, type CardSpec, plainCard } from "../lab/cards/card-kind.ts";
import { cardBox } from "./cards.ts";
import { testKeys } from "./fixtures.ts";

/** `card`: a card kind, "specimen" when absent. `fresh`: every card is personalised anew before; "alone": this one is made anew, and the others stay. */
export function labSimulator(): CardFactory {
  const newBox = () => cardBox({ keys: testKeys(), random: systemRandom });
  let box = newBox();
  const renewed = new Map<SimulatedCardKind, VirtualCard>();
  return plainCard((spec) => {
    const kind = kindOf(spec);
    if (spec.fresh === true || spec.fresh === "true") {
      box = newBox();
      renewed.clear();
    }
    if (spec.fresh === "alone") renewed.set(kind, newBox()(kind));
    return renewed.get(kind) ?? box(kind);
  });
}

function kindOf(spec: CardSpec): SimulatedCardKind {
  const wanted = spec.card ?? "specimen";
  const kind = CARD_KINDS.find((each) => each === wanted);
  if (kind) return kind;
  throw new PursebenchError("USAGE", `the lab has no simulated card "${String(wanted)}"`, {
    mend: `use one of: ${CARD_KINDS.join(", ")}`,
  });
}
