import type { Clock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { CardSession, ReaderSlot, SlotCard } from "../flows/devices.ts";
import { openSession } from "./card-session.ts";
import type { SlotPlace } from "./device-places.ts";

export interface ReaderSlotParts {
  /** Opened when the slot is first used, and then kept. */
  readonly place: () => Promise<SlotPlace>;
  readonly recorded: (reader: CardReader) => CardReader;
  readonly clock: Clock;
  /** Told what the bench's hand did. */
  readonly did: (what: string) => void;
}

/** Slot `index` of the reader under test. It is opened by its first asynchronous call. Disposing lets go of the cards in it. */
export function readerSlot(index: number, parts: ReaderSlotParts): ReaderSlot & AsyncDisposable {
  return new Slot(index, parts);
}

class Slot implements ReaderSlot, AsyncDisposable {
  readonly #sessions = new DisposalStack();
  readonly #index: number;
  readonly #parts: ReaderSlotParts;
  #opening: Promise<SlotPlace> | undefined;
  #place: SlotPlace | undefined;

  constructor(index: number, parts: ReaderSlotParts) {
    this.#index = index;
    this.#parts = parts;
  }

  get name(): string {
    return this.#open.reader.name;
  }

  isCardPresent(): boolean {
    return this.#open.reader.isCardPresent();
  }

  onPresence(listener: (present: boolean) => void): () => void {
    return this.#open.reader.onPresence(listener);
  }

  async presence(present: boolean, withinMs: number): Promise<number> {
    const { reader } = await this.#opened();
    const { clock } = this.#parts;
    const begun = clock.monotonicMs();
    if (reader.isCardPresent() === present) return 0;
    const timer = clock.timer(withinMs);
    let undo = (): void => undefined;
    const told = new Promise<true>((resolve) => {
      undo = reader.onPresence((now) => now === present && resolve(true));
    });
    try {
      if (await Promise.race([told, timer.elapsed.then(() => false)])) return clock.monotonicMs() - begun;
      throw new PursebenchError(
        "DEVICE_SILENT",
        `${reader.name} did not tell within ${withinMs} ms that its card ${present ? "came" : "went"}`,
        { owner: "reader" },
      );
    } finally {
      undo();
      timer.cancel();
    }
  }

  async connect(): Promise<CardSession> {
    const { reader } = await this.#opened();
    return this.#sessions.use(await openSession(this.#parts.recorded(reader), this.#parts.clock));
  }

  async insert(card: SlotCard): Promise<void> {
    const place = await this.#opened();
    await place.insert(card);
    this.#parts.did(`${card.kind} inserted into slot ${this.#index}`);
  }

  async remove(): Promise<void> {
    const place = await this.#opened();
    await place.remove();
    this.#parts.did(`card pulled from slot ${this.#index}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sessions[Symbol.asyncDispose]();
  }

  async #opened(): Promise<SlotPlace> {
    this.#opening ??= this.#parts.place();
    this.#place = await this.#opening;
    return this.#place;
  }

  get #open(): SlotPlace {
    if (this.#place) return this.#place;
    throw new PursebenchError("INTERNAL", `slot ${this.#index} is looked at before it is used`);
  }
}
