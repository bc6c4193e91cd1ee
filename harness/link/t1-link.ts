import type { Clock } from "../core/clock.ts";
import { type Deadline, remainingMs, within } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { whenResolved } from "../core/when-resolved.ts";
import type { ByteStream } from "../device/contracts.ts";
import type { NodeAddress } from "../protocol/t1/nad.ts";
import type { Exchange } from "./exchange.ts";
import { T1Conversation } from "./t1-conversation.ts";
import { lineLost, lineSilent } from "./t1-failures.ts";
import { T1Receiver } from "./t1-receiver.ts";

/** The line as one end sees it; the values of `serial-line.md` unless told otherwise. */
export interface T1LineOptions {
  /** Own node and peer: concentrator 2, terminal 1. */
  readonly address?: NodeAddress;
  /** Character waiting time in ms: a longer gap ends a block. */
  readonly cwtMs?: number;
  /** Block waiting time in ms from the last character sent. */
  readonly bwtMs?: number;
  /** Longest message in bytes, both ways. */
  readonly maxMessage?: number;
  /** All bytes that this end writes and hears, as they pass. */
  readonly onTraffic?: (direction: "sent" | "heard", bytes: Uint8Array) => void;
}

export interface T1LinkOptions extends T1LineOptions {
  /** Information field size in bytes that the link announces for both directions, 1 to 254. */
  readonly ifs?: number;
}

/**
 * The concentrator's end of a terminal line: T=1 as interface device over `stream` (`serial-line.md`). The first exchange
 * opens the line with S(RESYNCH) and S(IFS); so does the first one behind a failure, which keeps late answers away from
 * later requests. Exchanges take turns; waiting for the turn counts against the deadline. Disposing ends what is under
 * way and leaves the stream open.
 *
 * An exchange fails with `DEVICE_SILENT`, `DEVICE_GARBLED` (characters came, but no block), `DEVICE_LOST` (the stream is
 * closed) or `PROTOCOL` (message above `maxMessage`, or broken off by the terminal). It is never repeated by the link: the
 * terminal may have acted on it.
 */
export function t1Link(stream: ByteStream, clock: Clock, options: T1LinkOptions = {}): Exchange & AsyncDisposable {
  return new T1Link(stream, clock, options);
}

class T1Link implements Exchange, AsyncDisposable {
  readonly #stream: ByteStream;
  readonly #maxMessage: number;
  readonly #conversation: T1Conversation;
  readonly #undo: () => void;
  /** The stream outlives many links. */
  readonly #forget: () => void;
  /** Ends when the last exchange that was asked for is over. */
  #lastTurn: Promise<void> | undefined;
  #lost: PursebenchError | undefined;

  constructor(stream: ByteStream, clock: Clock, options: T1LinkOptions) {
    const {
      address = { sad: 2, dad: 1 },
      cwtMs = 200,
      bwtMs = 2000,
      ifs = 254,
      maxMessage = 4096,
      onTraffic,
    } = options;
    this.#stream = stream;
    this.#maxMessage = maxMessage;
    const conversation = new T1Conversation({
      line: stream,
      clock,
      t1: { address, maxMessage },
      ifs,
      bwtMs,
      receiver: new T1Receiver(clock, cwtMs, (block) => conversation.onBlock(block)),
      onSent: (bytes) => onTraffic?.("sent", bytes),
    });
    this.#conversation = conversation;
    this.#undo = stream.onBytes((bytes) => {
      onTraffic?.("heard", bytes);
      conversation.hear(bytes);
    });
    this.#forget = whenResolved(stream.closed, (reason) => this.#lose(reason));
  }

  async exchange(request: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (request.length > this.#maxMessage) {
      const text = `message of ${request.length} bytes for ${this.#stream.name}, at most ${this.#maxMessage}`;
      throw new PursebenchError("PROTOCOL", text);
    }
    const before = this.#lastTurn;
    const work = this.#inTurn(before, request, deadline);
    const turn = Promise.allSettled([before, work]).then(() => {
      if (this.#lastTurn === turn) this.#lastTurn = undefined;
    });
    this.#lastTurn = turn;
    return await work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#undo();
    this.#forget();
    this.#lose("this link was closed");
  }

  async #inTurn(before: Promise<void> | undefined, request: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (before) await within(deadline, before, { what: `the turn on ${this.#stream.name}`, owner: "terminal" });
    if (this.#lost) throw this.#lost;
    if (remainingMs(deadline) === 0) throw lineSilent(this.#stream.name, "no time left to ask it");
    return await this.#conversation.exchange(request, deadline);
  }

  #lose(reason: string): void {
    this.#lost ??= lineLost(this.#stream.name, reason);
    this.#conversation.end(this.#lost);
  }
}
