import { type Deadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CardChannel, CardReader } from "../contracts.ts";
import type { VirtualCard } from "./virtual-card.ts";
import { VirtualChannel } from "./virtual-channel.ts";

/** A reader without hardware: `insert` and `remove` are the operator's hand. */
export interface VirtualReader extends CardReader {
  insert(card: VirtualCard): void;
  /** The card loses power at once, whatever it is doing. */
  remove(): void;
}

/** A reader called `name`, with `card` in it when one is given. Uses no clock but that of the deadlines it is given. */
export function virtualReader(options: {
  readonly name: string;
  readonly card?: VirtualCard | undefined;
}): VirtualReader {
  return new InProcessReader(options.name, options.card);
}

class InProcessReader implements VirtualReader {
  readonly name: string;
  readonly #listeners = new Set<(present: boolean) => void>();
  #card: VirtualCard | undefined;
  #channel: VirtualChannel | undefined;
  #isClosed = false;

  constructor(name: string, card: VirtualCard | undefined) {
    this.name = name;
    this.#card = card;
  }

  isCardPresent(): boolean {
    return this.#card !== undefined;
  }

  onPresence(listener: (present: boolean) => void): () => void {
    // one entry a call, so that the same function given twice is told twice and undone once
    const entry = (present: boolean): void => listener(present);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  insert(card: VirtualCard): void {
    if (this.#card) throw new PursebenchError("DEVICE_BUSY", `there is a card in "${this.name}" already`);
    this.#card = card;
    this.#tell(true);
  }

  remove(): void {
    if (!this.#card) return;
    const card = this.#card;
    this.#card = undefined;
    this.#channel?.cut();
    card.powerOff?.();
    this.#tell(false);
  }

  async waitForCard(deadline: Deadline): Promise<void> {
    if (this.#isClosed) throw this.#closed();
    if (this.#card) return;
    let undo = (): void => undefined;
    const inserted = new Promise<void>((resolve) => {
      undo = this.onPresence((present) => present && resolve());
    });
    try {
      await within(deadline, inserted, { what: this.name, owner: "card" });
    } catch {
      throw this.#noCard(); // nothing but the deadline can fail here
    } finally {
      undo();
    }
  }

  async connect(deadline: Deadline): Promise<CardChannel> {
    if (this.#isClosed) throw this.#closed();
    if (!this.#card) throw this.#noCard();
    if (this.#channel?.isOpen) {
      throw new PursebenchError("DEVICE_BUSY", `the card in "${this.name}" is already connected by this process`, {
        mend: "close the first channel before opening another",
      });
    }
    const channel = new VirtualChannel(this.name, this.#card);
    this.#channel = channel;
    try {
      await channel.power("cold", deadline);
      return channel;
    } catch (thrown) {
      await channel[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#channel?.[Symbol.asyncDispose]();
    this.#listeners.clear();
  }

  #tell(present: boolean): void {
    for (const listener of [...this.#listeners]) listener(present);
  }

  #noCard(): PursebenchError {
    return new PursebenchError("DEVICE_ABSENT", `there is no card in "${this.name}"`, {
      owner: "card",
      mend: "insert a card",
    });
  }

  #closed(): PursebenchError {
    return new PursebenchError("DEVICE_LOST", `reader "${this.name}" was closed`, { owner: "reader" });
  }
}
