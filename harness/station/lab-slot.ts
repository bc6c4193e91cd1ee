import { USED_UP_KINDS } from "../bench/card-kinds.ts";
import type { Bench } from "../bench/schema.ts";
import { isPlayed } from "../bench/spec.ts";
import type { CardTear } from "../core/card-tear.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn, within } from "../core/deadline.ts";
import type { CardReader } from "../device/contracts.ts";
import type { CardKind } from "../flows/system.ts";
import type { LabControl } from "../lab/control/client.ts";
import { type Patience, waitForCard } from "./wait-for-card.ts";

/** Slot of the virtual reader that the set-top box uses. */
export const CARD_SLOT = 0;
/** pcscd sees an insertion when it looks next, within 0.4 s; in 1.2 s where it has yet to notice the removal before. */
const HAND_MS = 10_000;

/** The hand that puts cards into the lab's reader and takes them out. */
export interface CardHand {
  /** The specimen is in the reader, as every case expects it at its start. */
  restore(): Promise<void>;
  insert(kind: CardKind): Promise<void>;
  remove(): Promise<void>;
  /** `insert` takes out what is in the reader, in one go: nobody has to call `remove` before. */
  readonly exchanges?: boolean | undefined;
  /** Somebody else has emptied the slot: what the hand had put there has to be put there anew. */
  lost(): void;
  /**
   * The card in the reader loses its power at that moment, once: it is out of the reader then, and `onTorn` is called. Undefined: not
   * any more. Resolves when the card knows; rejects where it cannot be torn.
   */
  tear(tear: CardTear | undefined, onTorn: () => void): Promise<void>;
}

/** Brings the card under test for the first time: fresh where it is our own, waited for where another program plays it. */
export async function openLabSlot(
  control: LabControl,
  card: Bench["card"],
  reader: CardReader,
  patience: Patience,
): Promise<CardHand> {
  const slot = new LabSlot(control, card, reader);
  await control.onEvent((event) => event.event === "card-torn" && event.slot === CARD_SLOT && slot.noteTorn(), hand());
  await slot.bringSpecimen(patience);
  return slot;
}

class LabSlot implements CardHand {
  readonly #control: LabControl;
  readonly #card: Bench["card"];
  readonly #reader: CardReader;
  #holds: CardKind = "specimen";
  #isPulled = false;
  #isLost = false;
  /** Of the cards that are used up, those that this system has had: each system gets new ones. */
  readonly #used = new Set<CardKind>();
  /** What to call when the tear happens that was last asked for. */
  #onTorn: (() => void) | undefined;

  constructor(control: LabControl, card: Bench["card"], reader: CardReader) {
    this.#control = control;
    this.#card = card;
    this.#reader = reader;
  }

  async bringSpecimen(patience: Patience): Promise<void> {
    const fresh = { kind: this.#player, card: this.#simulated("specimen"), fresh: true };
    const spec = this.#card.kind === "vpcd" ? { kind: "vpcd", port: this.#card.port } : fresh;
    await this.#control.insert(CARD_SLOT, spec, hand());
    if (this.#card.kind === "vpcd") await waitForCard(this.#reader, this.#card, "card", patience);
    else await this.#reader.waitForCard(hand());
  }

  lost(): void {
    this.#isLost = true;
    this.#isPulled = true;
  }

  async restore(): Promise<void> {
    this.#used.clear();
    if (this.#onTorn) await this.tear(undefined);
    if (this.#holds === "specimen" && !this.#isPulled) return;
    if (await this.#exchanged("specimen")) return;
    if (!this.#isPulled) await this.remove();
    await this.insert("specimen");
  }

  /** Between two cases nobody looks: most cards can be put into each other's place. */
  async #exchanged(kind: CardKind): Promise<boolean> {
    if (this.#isPulled || !(await this.#control.exchange(CARD_SLOT, this.#specOf(kind), hand()))) return false;
    this.#holds = kind;
    return true;
  }

  async insert(kind: CardKind): Promise<void> {
    if (!this.#reader.isCardPresent()) await this.#control.noticed(CARD_SLOT, hand());
    if (this.#isPulled && this.#holds === kind && !this.#isLost) await this.#control.push(CARD_SLOT, hand());
    else await this.#control.insert(CARD_SLOT, this.#specOf(kind), hand());
    this.#holds = kind;
    this.#isPulled = false;
    this.#isLost = false;
    await this.#reader.waitForCard(hand());
  }

  async remove(): Promise<void> {
    if (this.#isPulled) return;
    await this.#control.pull(CARD_SLOT, hand());
    this.#isPulled = true;
    await absence(this.#reader);
  }

  async tear(tear: CardTear | undefined, onTorn?: () => void): Promise<void> {
    this.#onTorn = tear && onTorn;
    await this.#control.tear(CARD_SLOT, tear, hand());
  }

  /** The lab has pulled the card itself. */
  noteTorn(): void {
    this.#isPulled = true;
    const onTorn = this.#onTorn;
    this.#onTorn = undefined;
    onTorn?.();
  }

  #specOf(kind: CardKind) {
    const spec = { kind: this.#player, card: this.#simulated(kind) };
    if (!USED_UP_KINDS.has(kind) || this.#used.has(kind)) return spec;
    this.#used.add(kind);
    return { ...spec, fresh: "alone" };
  }

  #simulated(kind: CardKind): CardKind {
    return kind === "specimen" && isPlayed(this.#card) ? (this.#card.card ?? kind) : kind;
  }

  /** Who plays the cards that are no program's. */
  get #player(): "sim" | "javacard" {
    return this.#card.kind === "javacard" ? "javacard" : "sim";
  }
}

/** pcscd knows before its clients do: whoever goes on at once would still find the card there. */
async function absence(reader: CardReader): Promise<void> {
  let undo = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    undo = reader.onPresence((present) => present || resolve());
  });
  try {
    if (!reader.isCardPresent()) return;
    await within(hand(), gone, { what: `news of the card that was pulled from ${reader.name}`, owner: "bench" });
  } finally {
    undo();
  }
}

function hand() {
  return deadlineIn(systemClock, HAND_MS);
}
