import type { Clock } from "../core/clock.ts";
import { type Deadline, deadlineIn } from "../core/deadline.ts";
import type { CardChannel, CardReader } from "../device/contracts.ts";
import type { CardSession } from "../flows/devices.ts";

/** How long one exchange with a card may take; a card that works on asks for more time. */
const EXCHANGE_MS = 20_000;

/** Powers the card in `reader` for the harness. */
export async function openSession(reader: CardReader, clock: Clock): Promise<CardSession> {
  return new Session(await reader.connect(deadlineIn(clock, EXCHANGE_MS)), clock);
}

class Session implements CardSession {
  readonly #channel: CardChannel;
  readonly #clock: Clock;
  #atr: Uint8Array;

  constructor(channel: CardChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
    this.#atr = channel.atr;
  }

  get protocol() {
    return this.#channel.protocol;
  }

  get ATR(): Uint8Array {
    return this.#atr;
  }

  async apdu(command: Uint8Array): Promise<Uint8Array> {
    return await this.#channel.transmit(command, this.#deadline());
  }

  async timed(command: Uint8Array): Promise<{ answer: Uint8Array; elapsedMs: number }> {
    const begun = this.#clock.monotonicMs();
    const answer = await this.apdu(command);
    return { answer, elapsedMs: this.#clock.monotonicMs() - begun };
  }

  async reset(kind: "warm" | "cold"): Promise<Uint8Array> {
    this.#atr = await this.#channel.reset(kind, this.#deadline());
    return this.#atr;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#channel[Symbol.asyncDispose]());
  }

  #deadline(): Deadline {
    return deadlineIn(this.#clock, EXCHANGE_MS);
  }
}
