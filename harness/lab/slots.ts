import type { CardTear } from "../core/card-tear.ts";
import { PursebenchError } from "../core/errors.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { CardFactory, CardRegistry, CardSpec, Occupant, SlotHand } from "./cards/card-kind.ts";
import { dressOf } from "./cards/dressed.ts";
import type { LabEvent, SlotReport } from "./control/messages.ts";
import { type CcidReader, SLOT_COUNT } from "./reader/ccid-reader.ts";

/** The slot in the hand of one occupant, until it has to `leave` it to another. */
interface Hand extends SlotHand {
  leave(): void;
}

interface Place {
  occupant: { readonly kind: string; readonly held: Occupant; readonly hand: Hand } | undefined;
  hasCard: boolean;
  /** Taken out by `pull`, to be put back by `push`. */
  pulled: VirtualCard | undefined;
  card: VirtualCard | undefined;
}

/** Who is in which slot of the emulated reader. */
export class LabSlots implements AsyncDisposable {
  readonly #reader: CcidReader;
  readonly #cards: CardRegistry;
  readonly #tell: (event: LabEvent) => void;
  readonly #places: readonly Place[] = Array.from({ length: SLOT_COUNT }, () => ({
    occupant: undefined,
    hasCard: false,
    pulled: undefined,
    card: undefined,
  }));
  readerNames: readonly string[] = [];

  constructor(reader: CcidReader, cards: CardRegistry, tell: (event: LabEvent) => void) {
    this.#reader = reader;
    this.#cards = cards;
    this.#tell = tell;
  }

  report(): SlotReport[] {
    return this.#places.map(({ occupant }, slot) => ({
      slot,
      reader: this.readerNames[slot] ?? "",
      icc: this.#reader.status(slot),
      ...(occupant ? { kind: occupant.kind, details: { ...occupant.held.details } } : {}),
    }));
  }

  /**
   * Replaces who is there. Resolves when pcscd was told of the card, unless its program has yet to bring it.
   * `USAGE` for a slot or kind that does not exist.
   */
  async insert(slot: number, spec: CardSpec): Promise<void> {
    const place = this.#place(slot);
    const factory = this.#factory(spec.kind);
    const dress = dressOf(spec);
    await this.#evict(slot);
    const hand = this.#hand(slot, (card) => this.#put(slot, dress(card)));
    place.occupant = { kind: spec.kind, held: await factory(spec, hand), hand };
    if (place.hasCard) await this.#reader.shown(slot, "present");
  }

  /** As `LabControl.exchange`: `DEVICE_BUSY` where pcscd would notice. */
  async exchange(slot: number, spec: CardSpec): Promise<void> {
    const place = this.#place(slot);
    let brought: VirtualCard | undefined;
    let isThere = false;
    const dress = dressOf(spec);
    const hand = this.#hand(slot, (card) => {
      brought = dress(card);
      if (isThere) this.#put(slot, brought);
    });
    const held = await this.#factory(spec.kind)(spec, hand);
    if (!brought || !(await this.#reader.exchange(slot, brought))) {
      hand.leave();
      await held[Symbol.asyncDispose]();
      throw new PursebenchError("DEVICE_BUSY", `the card in slot ${slot} cannot be exchanged unseen`, {
        mend: "insert the other one instead",
      });
    }
    isThere = true;
    const before = place.occupant;
    place.occupant = { kind: spec.kind, held, hand };
    place.card = brought;
    before?.hand.leave();
    await before?.held[Symbol.asyncDispose]();
  }

  /** The card loses power at once. Resolves when pcscd was told. */
  async remove(slot: number): Promise<void> {
    const hadCard = this.#place(slot).hasCard;
    await this.#evict(slot);
    if (hadCard) await this.#reader.shown(slot, "absent");
  }

  /** The card loses power at once; who plays it stays. Resolves when pcscd was told. */
  async pull(slot: number): Promise<void> {
    if (!this.#place(slot).hasCard) return;
    this.#lift(slot);
    await this.#reader.shown(slot, "absent");
  }

  /** Puts the pulled card back. Resolves when pcscd was told. `USAGE` when none was pulled. */
  async push(slot: number): Promise<void> {
    const { pulled } = this.#place(slot);
    if (!pulled) {
      throw new PursebenchError("USAGE", `no card was pulled from slot ${slot}`, { mend: "insert one instead" });
    }
    this.#put(slot, pulled);
    await this.#reader.shown(slot, "present");
  }

  /** As `LabControl.noticed`. */
  noticed(slot: number): void {
    this.#place(slot);
    this.#reader.noticed(slot);
  }

  /** As `LabControl.tear`. `USAGE` when the card there cannot be torn. */
  tear(slot: number, tear: CardTear | undefined): void {
    const held = this.#place(slot).occupant?.held;
    if (!held?.tearAt) {
      throw new PursebenchError("USAGE", `no card in slot ${slot} can be torn`, { mend: "insert one of kind sim" });
    }
    held.tearAt(tear, () => {
      this.#lift(slot);
      this.#tell({ event: "card-torn", slot });
    });
  }

  /** The card leaves the contacts, for `push` to put it back. */
  #lift(slot: number): void {
    const place = this.#place(slot);
    const { card } = place;
    this.#take(slot);
    place.pulled = card;
  }

  async #evict(slot: number): Promise<void> {
    const place = this.#place(slot);
    place.pulled = undefined;
    const { occupant } = place;
    place.occupant = undefined;
    await occupant?.held[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const slot of this.#places.keys()) await this.#evict(slot);
  }

  #put(slot: number, card: VirtualCard): void {
    this.#take(slot);
    this.#reader.insert(slot, card);
    const place = this.#place(slot);
    place.hasCard = true;
    place.card = card;
    place.pulled = undefined;
    this.#tell({ event: "card-inserted", slot });
  }

  #take(slot: number): void {
    const place = this.#place(slot);
    if (!place.hasCard) return;
    place.hasCard = false;
    place.card = undefined;
    this.#reader.remove(slot);
    this.#tell({ event: "card-removed", slot });
  }

  #hand(slot: number, put: (card: VirtualCard) => void): Hand {
    let holds = true;
    return {
      insert: (card) => {
        if (holds) put(card);
      },
      remove: () => {
        if (holds) this.#take(slot);
      },
      leave: () => {
        holds = false;
      },
    };
  }

  #factory(kind: string): CardFactory {
    const factory = this.#cards.get(kind);
    if (factory) return factory;
    throw new PursebenchError("USAGE", `the virtual lab knows no card of kind "${kind}"`, {
      mend: `use one of: ${[...this.#cards.keys()].join(", ")}`,
    });
  }

  #place(slot: number): Place {
    const place = this.#places[slot];
    if (place) return place;
    throw new PursebenchError("USAGE", `the virtual reader has no slot ${slot}`, {
      mend: `use 0 to ${SLOT_COUNT - 1}`,
    });
  }
}
