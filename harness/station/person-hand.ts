/** Cards in a reader that only a person can serve: the person is asked, where there is one. */
import type { HandCardKind } from "../bench/card-kinds.ts";
import { CARD_PLACE } from "../bench/picture.ts";
import type { Bench } from "../bench/schema.ts";
import { toHex } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { deadlineIn, within } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { SlotCard } from "../flows/devices.ts";
import type { CardKind } from "../flows/system.ts";
import { encodeSelectCommand } from "../protocol/messages/select-purse.ts";
import type { CardHand } from "./lab-slot.ts";
import { notDone, type OperatorDesk } from "./operator-desk.ts";
import { watchPresence } from "./presence-watch.ts";

/** The card is in a real reader, and nobody is there who could move it. */
export const noHand: CardHand = {
  restore: async () => undefined,
  insert: () => Promise.reject(cannot()),
  remove: () => Promise.reject(cannot()),
  lost: () => undefined,
  tear: () => Promise.reject(cannot()),
};

/** After a person has said that it is done, the reader has to see it within this, ms: readers look twice before they are sure. */
const SEEN_MS = 5_000;
/** Reading who the card is, ms. */
const LOOK_MS = 10_000;
/** How often a person is asked for the card under test when it is another one that comes. */
const MOST_TRIES = 3;

export interface PersonParts {
  readonly reader: CardReader;
  readonly desk: OperatorDesk;
  readonly cardsAtHand: Bench["cardsAtHand"];
  readonly clock: Clock;
}

type Held = HandCardKind | "specimen";

/** A person who serves the reader. */
export class PersonHand implements CardHand, AsyncDisposable {
  /** A person is told once: take that out and put this in. */
  readonly exchanges = true;
  readonly #parts: PersonParts;
  readonly #undo: () => void;
  #holds: Held | undefined;
  /** What the card under test said of itself in the beginning; undefined where it could not be read. */
  #specimen: string | undefined;

  constructor(parts: PersonParts) {
    this.#parts = parts;
    this.#undo = parts.reader.onPresence((present) => {
      parts.desk.somebodyIsThere();
      if (!present) this.#holds = undefined;
    });
  }

  /** The card that is in the reader, or that a person brings now, is the one under test. */
  async begin(): Promise<void> {
    if (!this.#parts.reader.isCardPresent()) await this.#put("specimen", true);
    this.#specimen = await this.#look();
    this.#holds = "specimen";
  }

  /** Asks for nothing when the card under test is there. */
  async restore(): Promise<void> {
    const { reader } = this.#parts;
    if (this.#holds === "specimen" && reader.isCardPresent()) return;
    let remark = "";
    for (let tries = 0; tries <= MOST_TRIES; tries++) {
      if (reader.isCardPresent() && (await this.#isSpecimen())) {
        this.#holds = "specimen";
        return;
      }
      if (tries === MOST_TRIES) break;
      await this.#put("specimen", true, remark);
      this.#holds = undefined; // until it was looked at
      remark = "That is another card. ";
    }
    throw new PursebenchError("DEVICE_ABSENT", `the card under test was not put back into ${reader.name}`, {
      mend: "put the card in that the run began with",
    });
  }

  async insert(kind: CardKind): Promise<void> {
    if (kind === "virtual") throw new PursebenchError("INTERNAL", "a card that is a program has no place in a reader");
    await this.#put(kind, true);
  }

  async remove(): Promise<void> {
    await this.#take(true);
  }

  /** For the reader under test. The person's word counts: whether the reader has noticed is the case's to judge. */
  async insertPlain({ kind }: SlotCard): Promise<void> {
    await this.#put(kind, false);
  }

  async removePlain(): Promise<void> {
    await this.#take(false);
  }

  lost(): void {
    this.#holds = undefined;
  }

  tear(): Promise<void> {
    return Promise.reject(cannot());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#undo();
  }

  async #put(kind: Held, mustBeSeen: boolean, remark = ""): Promise<void> {
    const isEmpty = !this.#parts.reader.isCardPresent();
    const there = this.#holds;
    const text = isEmpty
      ? `Put ${this.#name(kind)} into ${this.#where}`
      : `Take ${this.#name(there)} out of ${this.#where} and put ${there === kind ? "it in again" : `${this.#name(kind)} in`}`;
    const step = { kind: isEmpty ? "insert" : "swap", text: remark + text, place: CARD_PLACE, card: kind } as const;
    await this.#ask(step, isEmpty ? [true] : [false, true], mustBeSeen);
    this.#holds = kind;
  }

  async #take(mustBeSeen: boolean): Promise<void> {
    if (!this.#parts.reader.isCardPresent()) return;
    const text = `Take ${this.#name(this.#holds)} out of ${this.#where}`;
    await this.#ask({ kind: "remove", text, place: CARD_PLACE }, [false], mustBeSeen);
    this.#holds = undefined;
  }

  async #ask(step: Parameters<OperatorDesk["ask"]>[0], moves: readonly boolean[], mustBeSeen: boolean): Promise<void> {
    const { reader, desk, clock } = this.#parts;
    using watch = watchPresence(reader, moves);
    if ((await desk.ask(step, watch.done)) === "noticed" || !mustBeSeen) return;
    try {
      await within(deadlineIn(clock, SEEN_MS), watch.done, { what: reader.name, owner: "bench" });
    } catch {
      throw notDone(step.text, `the answer was "done", and ${reader.name} has not seen it`);
    }
  }

  /** True where nothing speaks against it. */
  async #isSpecimen(): Promise<boolean> {
    return this.#specimen === undefined || (await this.#look()) === this.#specimen;
  }

  /** Answer to reset and answer to SELECT of the purse; undefined for a card that does not give them. */
  async #look(): Promise<string | undefined> {
    const deadline = deadlineIn(this.#parts.clock, LOOK_MS);
    try {
      await using card = await this.#parts.reader.connect(deadline);
      return `${toHex(card.atr)} ${toHex(await card.transmit(encodeSelectCommand(), deadline))}`;
    } catch (thrown) {
      if (thrown instanceof PursebenchError) return undefined;
      throw thrown;
    }
  }

  get #where(): string {
    return `${CARD_PLACE} of ${this.#parts.reader.name}`;
  }

  #name(card: Held | undefined): string {
    if (card === undefined) return "the card";
    if (card === "specimen") return "the card under test";
    const label = this.#parts.cardsAtHand.find(({ kind }) => kind === card)?.label;
    return label === undefined ? `a card of the kind ${card}` : `"${label}" (${card})`;
  }
}

function cannot(): PursebenchError {
  return new PursebenchError("DEVICE_ABSENT", "the bench has no hand for the cards of a real reader", {
    mend: "give the run an operator (--operator), or run the case on the virtual lab",
  });
}
