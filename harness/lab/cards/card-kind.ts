/** What may be put into a slot of the lab. */
import { z } from "zod";
import type { CardTear } from "../../core/card-tear.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";

/** A card as a request names it: `kind` selects the factory, which reads the other members itself. */
export const cardSpec = z.looseObject({ kind: z.string().min(1).max(64) });
export type CardSpec = z.infer<typeof cardSpec>;

/** The slot as a card factory sees it. */
export interface SlotHand {
  /** Puts the card in; a card that is there is taken out first. */
  insert(card: VirtualCard): void;
  /** Takes the card out. */
  remove(): void;
}

/** A card, or a program behind a port that will bring one, at a slot. Disposing takes it away for good. */
export interface Occupant extends AsyncDisposable {
  /** What `status` shows besides the kind, e.g. the port that is listened on. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** As that of `VirtualCard`; absent where the card cannot be torn. */
  tearAt?(tear: CardTear | undefined, onTorn: () => void): void;
}

/**
 * Brings a card of one kind to `slot`. Throws `USAGE` for a specification it cannot read.
 */
export type CardFactory = (spec: CardSpec, slot: SlotHand) => Promise<Occupant> | Occupant;

/** Factories by kind. The composition root adds the simulator; the lab has the test cards. */
export type CardRegistry = ReadonlyMap<string, CardFactory>;

/** The factory of cards that are simply there once inserted. */
export function plainCard(make: (spec: CardSpec) => VirtualCard): CardFactory {
  return (spec, slot) => {
    const card = make(spec);
    slot.insert(card);
    return {
      details: {},
      ...(card.tearAt ? { tearAt: card.tearAt.bind(card) } : {}),
      async [Symbol.asyncDispose](): Promise<void> {
        slot.remove();
      },
    };
  };
}
