import type { Clock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { ByteStream } from "../device/contracts.ts";
import type { TerminalDevice } from "../flows/devices.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange } from "../link/exchange.ts";
import { t1Link } from "../link/t1-link.ts";
import { T1Receiver } from "../link/t1-receiver.ts";
import type { T1Block } from "../protocol/t1/block.ts";
import type { LinePlace } from "./device-places.ts";

const EXCHANGE_MS = 20_000;
const WRITE_MS = 5_000;
/** Character waiting time (`serial-line.md` 1), ms. */
const CWT_MS = 200;

export interface TerminalDeviceParts {
  readonly IDTERM: string;
  readonly place: LinePlace;
  readonly clock: Clock;
  readonly onLink: (inner: Exchange, ends: Ends) => Exchange;
}

/** A terminal on its line: by conforming messages, or by any bytes at all. Disposing leaves the line open. */
export class LineTerminal implements TerminalDevice, AsyncDisposable {
  readonly IDTERM: string;
  readonly line: TerminalDevice["line"];
  readonly #parts: TerminalDeviceParts;
  readonly #stream: ByteStream;
  readonly #traffic: { readonly from: "bench" | "terminal"; readonly bytes: Uint8Array }[] = [];
  #conforming: { readonly link: Exchange & AsyncDisposable; readonly recorded: Exchange } | undefined;
  #raw: RawLine | undefined;

  constructor(parts: TerminalDeviceParts) {
    this.#parts = parts;
    this.IDTERM = parts.IDTERM;
    this.#stream = tapped(parts.place.stream, (from, bytes) => this.#traffic.push({ from, bytes }));
    this.line = {
      send: async (bytes) => await (await this.#byHand()).send(bytes),
      block: async (withinMs) => await (await this.#byHand()).block(withinMs),
      traffic: () => this.#traffic.splice(0),
    };
  }

  async exchange(message: Uint8Array): Promise<Uint8Array> {
    this.#raw?.end();
    this.#raw = undefined;
    if (!this.#conforming) {
      const link = t1Link(this.#stream, this.#parts.clock);
      const recorded = this.#parts.onLink(link, { link: "line", near: "concentrator", far: "terminal" });
      this.#conforming = { link, recorded };
    }
    return await this.#conforming.recorded.exchange(message, deadlineIn(this.#parts.clock, EXCHANGE_MS));
  }

  async powerCycle(): Promise<void> {
    const { place } = this.#parts;
    if (place.powerCycle) {
      await this.#hangUp(); // whoever knows of the power begins with S(RESYNCH)
      return await place.powerCycle();
    }
    throw new PursebenchError("USAGE", `the bench cannot switch terminal ${this.IDTERM} off and on`, {
      mend: "let the case say needs: { terminalPower: true }",
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#raw?.end();
    await this.#conforming?.link[Symbol.asyncDispose]();
  }

  async #byHand(): Promise<RawLine> {
    await this.#hangUp();
    this.#raw ??= new RawLine(this.#stream, this.#parts.clock);
    return this.#raw;
  }

  async #hangUp(): Promise<void> {
    await this.#conforming?.link[Symbol.asyncDispose]();
    this.#conforming = undefined;
  }
}

/** Blocks of a line as they come, kept until somebody asks. */
class RawLine {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #receiver: T1Receiver;
  readonly #undo: () => void;
  readonly #blocks: T1Block[] = [];
  #waiting: ((block: T1Block) => void) | undefined;

  constructor(stream: ByteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#receiver = new T1Receiver(clock, CWT_MS, (block) => this.#onBlock(block));
    this.#undo = stream.onBytes((bytes) => this.#receiver.hear(bytes));
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#receiver.restart();
    await this.#stream.write(bytes, deadlineIn(this.#clock, WRITE_MS));
  }

  async block(withinMs: number): Promise<T1Block | undefined> {
    const kept = this.#blocks.shift();
    if (kept) return kept;
    const heard = new Promise<T1Block>((resolve) => {
      this.#waiting = resolve;
    });
    const timer = this.#clock.timer(withinMs);
    try {
      return await Promise.race([heard, timer.elapsed.then(() => undefined)]);
    } finally {
      timer.cancel();
      this.#waiting = undefined;
    }
  }

  end(): void {
    this.#undo();
    this.#receiver.restart();
  }

  #onBlock(block: T1Block): void {
    this.#receiver.restart();
    if (this.#waiting) this.#waiting(block);
    else this.#blocks.push(block);
  }
}

function tapped(inner: ByteStream, seen: (from: "bench" | "terminal", bytes: Uint8Array) => void): ByteStream {
  return {
    name: inner.name,
    closed: inner.closed,
    async write(bytes, deadline) {
      seen("bench", bytes);
      await inner.write(bytes, deadline);
    },
    onBytes: (listener) =>
      inner.onBytes((bytes) => {
        seen("terminal", bytes);
        listener(bytes);
      }),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
