import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, remainingMs, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { whenResolved } from "../../core/when-resolved.ts";
import type { CardChannel, CardReader } from "../../device/contracts.ts";
import type { SerialCardPort } from "../../device/serial/serial-card-port.ts";
import { cardLost, closed, lineGone, noCard } from "./failures.ts";
import { type ChannelOptions, SerialChannel } from "./serial-channel.ts";
import type { StepIfd } from "./t1-session.ts";

export interface SerialReaderOptions {
  /** bit/s; 9600 when absent, which is right at 3.58 MHz. */
  readonly baudRate?: number;
  /** The interface sends back each byte that it is sent; yes when absent. */
  readonly echo?: boolean;
  /** What adapter and operating system may add to each waiting time, ms; 400 when absent. */
  readonly toleranceMs?: number;
  /** How long the reset contact is held low, ms; 50 when absent. */
  readonly resetMs?: number;
  /** How long the supply stays off in a cold reset, where a line switches it, ms; 200 when absent. */
  readonly offMs?: number;
  /** In place of the interface device's T=1, for seeded defects. */
  readonly stepIfd?: StepIfd | undefined;
}

/** Pause between two looks for a card where no line tells, ms. */
const LOOK_EVERY_MS = 500;
/** Longest look: an answer to reset of 33 characters, each at the end of its waiting time, is 32 s; nobody's card is that slow. */
const LOOK_MS = 3_000;

/**
 * A Phoenix or Smartmouse interface as a card reader: answer to reset, T=0 and T=1 are the harness's own. Where no line switches the
 * supply, a cold reset is a warm one. Where no line tells of the card, one is there when it answers a reset: `waitForCard` then
 * resets whatever is there until it does. Disposing closes the port.
 */
export function serialReader(port: SerialCardPort, clock: Clock, options: SerialReaderOptions = {}): CardReader {
  return new SerialReader(port, clock, options);
}

class SerialReader implements CardReader {
  readonly #port: SerialCardPort;
  readonly #clock: Clock;
  readonly #options: ChannelOptions;
  readonly #listeners = new Set<(present: boolean) => void>();
  readonly #undo: (() => void) | undefined;
  readonly #forget: () => void;
  #channel: SerialChannel | undefined;
  /** Where no line tells: whether the last look saw a card. */
  #wasSeen = false;
  #gone: PursebenchError | undefined;

  constructor(port: SerialCardPort, clock: Clock, options: SerialReaderOptions) {
    const { baudRate = 9600, echo = true, toleranceMs = 400, resetMs = 50, offMs = 200, stepIfd } = options;
    this.#port = port;
    this.#clock = clock;
    this.#options = { echo, toleranceMs, resetMs, offMs, etuMs: 1000 / baudRate, stepIfd };
    this.#undo = port.onPresence?.((present) => this.#onPresence(present));
    this.#forget = whenResolved(port.closed, (reason) => this.#lose(lineGone(port.name, reason)));
  }

  get name(): string {
    return this.#port.name;
  }

  isCardPresent(): boolean {
    return this.#port.isCardPresent?.() ?? this.#wasSeen;
  }

  onPresence(listener: (present: boolean) => void): () => void {
    const entry = (present: boolean): void => listener(present);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  async waitForCard(deadline: Deadline): Promise<void> {
    if (this.#gone) throw this.#gone;
    if (this.#channel?.isOpen || (this.#port.isCardPresent && this.isCardPresent())) return;
    if (this.#port.isCardPresent) return await this.#waitForNews(deadline);
    while (!(await this.#look(deadline))) {
      if (remainingMs(deadline) <= LOOK_EVERY_MS) throw noCard(this.name);
      await this.#clock.timer(LOOK_EVERY_MS).elapsed;
    }
  }

  async connect(deadline: Deadline): Promise<CardChannel> {
    if (this.#gone) throw this.#gone;
    if (this.#channel?.isOpen) {
      throw new PursebenchError("DEVICE_BUSY", `the card in ${this.name} is already connected by this process`, {
        mend: "close the first channel before opening another",
      });
    }
    if (this.#port.isCardPresent?.() === false) throw noCard(this.name);
    const channel = new SerialChannel(this.#port, this.#clock, this.#options);
    this.#channel = channel;
    try {
      await channel.reset("cold", deadline);
    } catch (thrown) {
      await channel[Symbol.asyncDispose]();
      if (isSilence(thrown)) this.#see(false);
      throw thrown;
    }
    this.#see(true);
    return channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    this.#undo?.();
    await this.#channel?.[Symbol.asyncDispose]();
    this.#gone ??= closed(this.name);
    this.#listeners.clear();
    await this.#port[Symbol.asyncDispose]();
  }

  async #waitForNews(deadline: Deadline): Promise<void> {
    let undo = (): void => undefined;
    const inserted = new Promise<void>((resolve) => {
      undo = this.onPresence((present) => present && resolve());
    });
    try {
      await within(deadline, inserted, { what: this.name, owner: "card" });
    } catch {
      throw this.#gone ?? noCard(this.name); // nothing but the deadline can fail here
    } finally {
      undo();
    }
  }

  /** Whether something answers a reset; a card that does is let go at once. */
  async #look(deadline: Deadline): Promise<boolean> {
    const ms = Math.min(LOOK_MS, remainingMs(deadline));
    try {
      await using _channel = await this.connect(deadlineIn(this.#clock, ms));
      return true;
    } catch (thrown) {
      if (isSilence(thrown)) return false;
      if (thrown instanceof PursebenchError && thrown.code === "DEVICE_GARBLED") return true;
      throw thrown;
    }
  }

  #onPresence(present: boolean): void {
    if (!present) this.#channel?.cut(cardLost(this.name));
    this.#tell(present);
  }

  #see(present: boolean): void {
    if (this.#port.isCardPresent || this.#wasSeen === present) return;
    this.#wasSeen = present;
    this.#tell(present);
  }

  #lose(error: PursebenchError): void {
    const wasPresent = this.isCardPresent();
    this.#gone ??= error;
    this.#channel?.cut(this.#gone);
    if (wasPresent) this.#tell(false);
  }

  #tell(present: boolean): void {
    for (const listener of [...this.#listeners]) listener(present);
  }
}

function isSilence(thrown: unknown): boolean {
  return thrown instanceof PursebenchError && thrown.code === "DEVICE_SILENT";
}
