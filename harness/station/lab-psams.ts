/** Card kind `psam` of the virtual lab: simulated security cards, each the same one as long as the lab is up. */
import { z } from "zod";
import { PursebenchError } from "../core/errors.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { type CardFactory, plainCard } from "../lab/cards/card-kind.ts";
import { testKeys } from "./fixtures.ts";
import { psamCard } from "./psam-exchange.ts";
import { simulatedPsam } from "./terminals.ts";

/** `index`: number of the terminal of the bench that it belongs to. `fresh`: it is personalised anew before. */
const psamSpec = z.object({ index: z.number().int().min(0).max(63), fresh: z.boolean().optional() });

export function labPsams(): CardFactory {
  const cards = new Map<number, VirtualCard>();
  return plainCard((spec) => {
    const parsed = psamSpec.safeParse(spec);
    if (!parsed.success) {
      throw new PursebenchError("USAGE", "a card of kind psam needs index, 0 to 63", {
        mend: 'e.g. {"kind":"psam","index":3}',
      });
    }
    const { index, fresh = false } = parsed.data;
    const kept = fresh ? undefined : cards.get(index);
    const card = kept ?? psamCard(simulatedPsam({ keys: testKeys(), variation: REFERENCE }, index));
    cards.set(index, card);
    return card;
  });
}
