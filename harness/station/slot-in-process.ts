/** A reader of this process for the card under test, and the hand that serves it: no daemon, no driver, no reader in between. */
import type { Bench } from "../bench/schema.ts";
import { isPlayed } from "../bench/spec.ts";
import type { CardTear } from "../core/card-tear.ts";
import type { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { virtualReader } from "../device/virtual/virtual-reader.ts";
import type { CardKind } from "../flows/system.ts";
import type { CardRegistry, CardSpec, Occupant, SlotHand } from "../lab/cards/card-kind.ts";
import { labCards } from "../lab/cards/registry.ts";
import { labSimulator } from "./lab-cards.ts";
import { labJavaCards } from "./lab-javacards.ts";
import type { CardHand } from "./lab-slot.ts";
import { type Patience, waitForCard } from "./wait-for-card.ts";

/** Onto `stack`; the card is there, waited for where another program plays it. */
export async function openSlotInProcess(
  card: Bench["card"],
  patience: Patience,
  stack: DisposalStack,
): Promise<{ readonly reader: CardReader; readonly hand: CardHand }> {
  const reader = stack.use(virtualReader({ name: "reader in process" }));
  const slot: SlotHand = {
    insert(inserted: VirtualCard) {
      reader.remove();
      reader.insert(inserted);
    },
    remove: () => reader.remove(),
  };
  const hand = stack.use(new HandInProcess(card, slot));
  await hand.insert("specimen");
  await waitForCard(reader, card, "card", patience);
  return { reader, hand };
}

class HandInProcess implements CardHand, AsyncDisposable {
  readonly #card: Bench["card"];
  readonly #slot: SlotHand;
  readonly #kinds: CardRegistry = labCards([["sim", labSimulator()], ...labJavaCards()]);
  /** A program that plays the card is connected as long as the slot is open: pulled is only what it brought. */
  #occupant: Occupant | undefined;
  #program: VirtualCard | undefined;
  #holds: CardKind | undefined;

  constructor(card: Bench["card"], slot: SlotHand) {
    this.#card = card;
    this.#slot = slot;
  }

  async restore(): Promise<void> {
    if (this.#holds !== "specimen") await this.insert("specimen");
  }

  async insert(kind: CardKind): Promise<void> {
    if (this.#card.kind === "vpcd") await this.#insertProgram(this.#card.port);
    else this.#occupant = await this.#bring(this.#specOf(kind), this.#slot);
    this.#holds = kind;
  }

  async remove(): Promise<void> {
    this.#slot.remove();
    this.#holds = undefined;
  }

  lost(): void {
    this.#holds = undefined;
  }

  async tear(tear: CardTear | undefined, onTorn: () => void): Promise<void> {
    const occupant = this.#occupant;
    if (!occupant?.tearAt) {
      throw new PursebenchError("USAGE", "the card in the reader cannot be torn", {
        mend: "insert a purse that is played",
      });
    }
    occupant.tearAt(tear, () => {
      this.#slot.remove();
      this.#holds = undefined;
      onTorn();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#occupant?.[Symbol.asyncDispose]();
  }

  async #insertProgram(port: number): Promise<void> {
    if (this.#program) return this.#slot.insert(this.#program);
    const slot: SlotHand = {
      insert: (program) => {
        this.#program = program;
        this.#slot.insert(program);
      },
      remove: () => {
        this.#program = undefined;
        this.#slot.remove();
      },
    };
    this.#occupant ??= await this.#bring({ kind: "vpcd", port }, slot);
  }

  async #bring(spec: CardSpec, slot: SlotHand): Promise<Occupant> {
    const bring = this.#kinds.get(spec.kind);
    if (bring) return await bring(spec, slot);
    throw new PursebenchError("INTERNAL", `no card of kind ${spec.kind} can be brought to a reader in process`);
  }

  #specOf(kind: CardKind): CardSpec {
    const card = kind === "specimen" && isPlayed(this.#card) ? (this.#card.card ?? kind) : kind;
    const spec = { kind: this.#card.kind === "javacard" ? "javacard" : "sim", card };
    return kind === "supplied" ? { ...spec, fresh: "alone" } : spec;
  }
}
