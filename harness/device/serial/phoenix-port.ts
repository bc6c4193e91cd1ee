import type { Clock, Timer } from "../../core/clock.ts";
import type { Deadline } from "../../core/deadline.ts";
import { whenResolved } from "../../core/when-resolved.ts";
import { ByteInbox } from "../byte-inbox.ts";
import type { ByteStream } from "../contracts.ts";
import type { ModemLines, SerialCardPort } from "./serial-card-port.ts";

/** A line that tells whether a card is there, "!" when it does by not being asserted. */
export type PresenceLine = "cts" | "dsr" | "dcd" | "!cts" | "!dsr" | "!dcd";

export interface PhoenixWiring {
  /** Absent where no line tells. */
  readonly presence?: PresenceLine | undefined;
  /** DTR feeds the card. */
  readonly power: boolean;
  /** RTS asserted lets the card go; otherwise it holds the card in reset, as Phoenix interfaces have it. */
  readonly invertsReset: boolean;
}

/** An open port and its modem lines. */
export interface OpenPort {
  readonly stream: ByteStream;
  readonly lines: ModemLines;
}

/** A modem line has no event: it is looked at that often, ms. */
const LOOK_EVERY_MS = 100;

/** A Phoenix interface at a port. `open` opens the port; parity is changed by opening it anew, since serialport has no other way. */
export class PhoenixPort implements SerialCardPort {
  readonly name: string;
  readonly closed: Promise<string>;
  readonly setPower?: (isOn: boolean) => Promise<void>;
  readonly isCardPresent?: () => boolean;
  readonly onPresence?: (listener: (present: boolean) => void) => () => void;
  readonly #open: (parity: "even" | "odd") => Promise<OpenPort>;
  readonly #wiring: PhoenixWiring;
  readonly #clock: Clock;
  readonly #inbox = new ByteInbox();
  readonly #listeners = new Set<(present: boolean) => void>();
  #resolveClosed: (reason: string) => void = () => undefined;
  #port: OpenPort;
  #forget: () => void = () => undefined;
  #parity: "even" | "odd" = "even";
  #isLow = true;
  #hasPower = true;
  #isPresent = false;
  #look: Timer | undefined;
  #isClosed = false;

  private constructor(
    port: OpenPort,
    open: (parity: "even" | "odd") => Promise<OpenPort>,
    wiring: PhoenixWiring,
    clock: Clock,
  ) {
    this.name = port.stream.name;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#open = open;
    this.#wiring = wiring;
    this.#clock = clock;
    this.#port = port;
    this.#attach();
    if (wiring.power) this.setPower = (isOn) => this.#switchPower(isOn);
    if (wiring.presence) {
      this.isCardPresent = () => this.#isPresent;
      this.onPresence = (listener) => {
        const entry = (present: boolean): void => listener(present);
        this.#listeners.add(entry);
        return () => void this.#listeners.delete(entry);
      };
    }
  }

  /** With the card held in reset. */
  static async start(
    open: (parity: "even" | "odd") => Promise<OpenPort>,
    wiring: PhoenixWiring,
    clock: Clock,
  ): Promise<PhoenixPort> {
    const port = new PhoenixPort(await open("even"), open, wiring, clock);
    try {
      await port.#setLines();
      if (wiring.presence) await port.#watch();
      return port;
    } catch (thrown) {
      await port[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    await this.#port.stream.write(bytes, deadline);
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.#inbox.listen(listener);
  }

  async setReset(isLow: boolean): Promise<void> {
    this.#isLow = isLow;
    await this.#setLines();
  }

  async setParity(parity: "even" | "odd"): Promise<void> {
    if (parity === this.#parity) return;
    this.#forget();
    await this.#port.stream[Symbol.asyncDispose]();
    this.#port = await this.#open(parity);
    this.#parity = parity;
    this.#attach();
    await this.#setLines();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#end("this end was closed");
    await this.#port.stream[Symbol.asyncDispose]();
  }

  #attach(): void {
    this.#port.stream.onBytes((bytes) => this.#inbox.put(bytes));
    this.#forget = whenResolved(this.#port.stream.closed, (reason) => this.#end(reason));
  }

  #end(reason: string): void {
    this.#isClosed = true;
    this.#forget();
    this.#look?.cancel();
    this.#resolveClosed(reason);
  }

  async #switchPower(isOn: boolean): Promise<void> {
    this.#hasPower = isOn;
    await this.#setLines();
  }

  async #setLines(): Promise<void> {
    await this.#port.lines.set({ dtr: this.#hasPower, rts: this.#isLow !== this.#wiring.invertsReset });
  }

  /** Looks once, and again and again behind the caller's back. */
  async #watch(): Promise<void> {
    const { presence = "cts" } = this.#wiring;
    const lines = await this.#port.lines.get();
    const isPresent = presence.startsWith("!")
      ? !lines[presence.slice(1) as keyof typeof lines]
      : lines[presence as keyof typeof lines];
    if (isPresent !== this.#isPresent) {
      this.#isPresent = isPresent;
      for (const listener of [...this.#listeners]) listener(isPresent);
    }
    if (this.#isClosed) return;
    this.#look = this.#clock.timer(LOOK_EVERY_MS);
    void this.#look.elapsed.then(() => this.#watch()).catch(() => this.#onBlind());
  }

  /** The port does not tell its lines any more, or is being opened anew. */
  #onBlind(): void {
    if (this.#isClosed) return;
    this.#look = this.#clock.timer(LOOK_EVERY_MS);
    void this.#look.elapsed.then(() => this.#watch()).catch(() => this.#onBlind());
  }
}
