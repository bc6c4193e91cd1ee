import type { Clock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { messageOf } from "../../core/errors.ts";
import type { PhoenixSocket } from "../../device/virtual/phoenix-pair.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { invertedAll } from "../../protocol/atr/convention.ts";
import { type CardCharacters, charactersOf } from "./card-characters.ts";

export interface ServeCardOptions {
  /** The interface sends back what it is sent; yes when absent. */
  readonly echo?: boolean;
  /** bit/s; 9600 when absent. */
  readonly baudRate?: number;
}

/** A write to a line of our own. */
const WRITE_MS = 5_000;

/**
 * `card` in an interface: answers reset, then speaks the protocol that its answer offers first, in the convention of its TS. Disposing pulls
 * it; the socket stays open for the next one.
 */
export function serveSerialCard(
  socket: PhoenixSocket,
  card: VirtualCard,
  clock: Clock,
  options: ServeCardOptions = {},
): AsyncDisposable {
  return new InsertedCard(socket, card, clock, options);
}

class InsertedCard implements AsyncDisposable {
  readonly #socket: PhoenixSocket;
  readonly #card: VirtualCard;
  readonly #clock: Clock;
  readonly #options: ServeCardOptions;
  readonly #undo: readonly (() => void)[];
  #hasPower = false;
  #isInverse = false;
  #characters: CardCharacters | undefined;
  /** Counts resets: what the card says later belongs to an earlier life. */
  #life = 0;

  constructor(socket: PhoenixSocket, card: VirtualCard, clock: Clock, options: ServeCardOptions) {
    this.#socket = socket;
    this.#card = card;
    this.#clock = clock;
    this.#options = options;
    this.#undo = [
      socket.onBytes((bytes) => this.#hear(bytes)),
      socket.onReset((isLow) => void (isLow ? this.#stop() : this.#start())),
      socket.onPower((isOn) => isOn || this.#powerOff()),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo) undo();
    this.#powerOff();
  }

  #powerOff(): void {
    this.#stop();
    if (this.#hasPower) this.#card.powerOff?.();
    this.#hasPower = false;
  }

  #stop(): void {
    this.#life++;
    this.#characters?.stop();
    this.#characters = undefined;
  }

  async #start(): Promise<void> {
    const life = ++this.#life;
    const isWarm = this.#hasPower;
    this.#hasPower = true;
    const atr = await this.#answer(isWarm);
    if (atr === null || life !== this.#life) return;
    this.#isInverse = atr[0] === 0x3f;
    const say = (bytes: Uint8Array): void => {
      if (life === this.#life) this.#say(bytes);
    };
    this.#characters = charactersOf(this.#card, atr, this.#clock, this.#options.baudRate ?? 9600, say);
    say(atr);
  }

  /** A card program that fails is a card that stays mute. */
  async #answer(isWarm: boolean): Promise<Uint8Array | null> {
    try {
      return await (isWarm ? this.#card.reset() : this.#card.powerOn());
    } catch {
      return null;
    }
  }

  #hear(bytes: Uint8Array): void {
    if (this.#options.echo ?? true) this.#put(bytes);
    this.#characters?.hear(this.#isInverse ? invertedAll(bytes) : bytes);
  }

  #say(bytes: Uint8Array): void {
    this.#put(this.#isInverse ? invertedAll(bytes) : bytes);
  }

  #put(bytes: Uint8Array): void {
    this.#socket.write(bytes, deadlineIn(this.#clock, WRITE_MS)).catch(messageOf); // a line that is gone is told by `closed`
  }
}
