import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { CardChannel, CardReader } from "../../device/contracts.ts";
import type { CardFailure, SetTopBoxInput } from "./events.ts";

/** As much of a card reader as a set-top box uses. */
export type CardSlot = Pick<CardReader, "isCardPresent" | "onPresence" | "waitForCard" | "connect">;

/** Powers whatever card is there; `DEVICE_ABSENT` when there is none. */
export type ConnectCard = (deadline: Deadline) => Promise<CardChannel>;

/** A slot that cannot tell whether a card is in it, other than by connecting to it. */
function blindSlot(connect: ConnectCard): CardSlot {
  return {
    isCardPresent: () => true,
    onPresence: () => () => undefined,
    waitForCard: async () => undefined,
    connect,
  };
}

/** The card reader of the set-top box, and the card in it for as long as it stays connected. */
export class SlotUser implements AsyncDisposable {
  readonly #slot: CardSlot;
  readonly #clock: Clock;
  readonly #cardMs: number;
  readonly #undo: () => void;
  #channel: CardChannel | undefined;
  #isGone = false;

  constructor(reader: CardSlot | ConnectCard, clock: Clock, cardMs: number) {
    this.#slot = typeof reader === "function" ? blindSlot(reader) : reader;
    this.#clock = clock;
    this.#cardMs = cardMs;
    this.#undo = this.#slot.onPresence((present) => {
      if (!present) this.#isGone = true;
    });
  }

  isCardPresent(): boolean {
    return this.#slot.isCardPresent();
  }

  /** The channel of before where it still holds the same card, else a new one. */
  async connect(): Promise<SetTopBoxInput> {
    if (this.#channel && !this.#isGone) return { kind: "card-connected", ATR: this.#channel.atr };
    try {
      await this.release();
      if (!this.#slot.isCardPresent()) return { kind: "card-absent" };
      this.#channel = await this.#slot.connect(this.#deadline());
      return { kind: "card-connected", ATR: this.#channel.atr };
    } catch (thrown) {
      if (thrown instanceof PursebenchError && thrown.code === "DEVICE_ABSENT") return { kind: "card-absent" };
      return failure(thrown, false);
    }
  }

  async waitForCard(): Promise<SetTopBoxInput> {
    try {
      await this.#slot.waitForCard(this.#deadline());
      return { kind: "card-present" };
    } catch (thrown) {
      const isAbsent = thrown instanceof PursebenchError && ABSENCES.has(thrown.code);
      return isAbsent ? { kind: "card-absent" } : failure(thrown, false); // a reader that is gone is no missing card
    }
  }

  async command(bytes: Uint8Array): Promise<SetTopBoxInput> {
    if (!this.#channel || this.#isGone) return REMOVED;
    try {
      return { kind: "card-answer", bytes: await this.#channel.transmit(bytes, this.#deadline()) };
    } catch (thrown) {
      return failure(thrown, true);
    }
  }

  /** Closes the channel; the next `connect` powers the card anew. */
  async release(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#isGone = false;
    await channel?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#undo();
    await this.release();
  }

  #deadline(): Deadline {
    return deadlineIn(this.#clock, this.#cardMs);
  }
}

const ABSENCES: ReadonlySet<string> = new Set(["DEVICE_ABSENT", "DEVICE_SILENT"]);

const REMOVED: CardFailure = {
  kind: "card-failed",
  owner: "card",
  text: "the card was taken out",
  isLost: true,
  mayHaveArrived: false,
};

function failure(thrown: unknown, mayHaveArrived: boolean): CardFailure {
  if (!(thrown instanceof PursebenchError) || thrown.code === "INTERNAL") throw thrown;
  return {
    kind: "card-failed",
    owner: thrown.owner,
    text: messageOf(thrown),
    isLost: thrown.code === "DEVICE_LOST",
    mayHaveArrived,
  };
}
