import type { CardTear } from "../core/card-tear.ts";
import { PursebenchError } from "../core/errors.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { CardRegistry, CardSpec, Occupant } from "./cards/card-kind.ts";
import type { LabEvent, SlotReport } from "./control/messages.ts";
import { type CcidReader, SLOT_COUNT } from "./reader/ccid-reader.ts";

interface Place {
  occupant: { readonly kind: string; readonly held: Occupant } | undefined;
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
    const factory = this.#cards.get(spec.kind);
    if (!factory) {
      throw new PursebenchError("USAGE", `the virtual lab knows no card of kind "${spec.kind}"`, {
        mend: `use one of: ${[...this.#cards.keys()].join(", ")}`,
      });
    }
    await this.#evict(slot);
    const hand = {
      insert: (card: VirtualCard) => this.#put(slot, card),
      remove: () => this.#take(slot),
    };
    place.occupant = { kind: spec.kind, held: await factory(spec, hand) };
    if (place.hasCard) await this.#reader.shown(slot, "present");
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

  #place(slot: number): Place {
    const place = this.#places[slot];
    if (place) return place;
    throw new PursebenchError("USAGE", `the virtual reader has no slot ${slot}`, {
      mend: `use 0 to ${SLOT_COUNT - 1}`,
    });
  }
}
