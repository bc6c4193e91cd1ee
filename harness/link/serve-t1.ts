import type { Clock, Timer } from "../core/clock.ts";
import { deadlineIn, within } from "../core/deadline.ts";
import { PursebenchError, unreachable } from "../core/errors.ts";
import { whenResolved } from "../core/when-resolved.ts";
import type { ByteStream } from "../device/contracts.ts";
import type { ValidBlock } from "../protocol/t1/block.ts";
import { type IccAction, type IccEvent, type IccState, startIcc } from "../protocol/t1/icc-machine.ts";
import type { Exchange } from "./exchange.ts";
import type { T1LineOptions } from "./t1-link.ts";
import { T1Receiver } from "./t1-receiver.ts";
import { TERMINAL_LINE, type TerminalLine } from "./terminal-line.ts";

export interface ServeT1Options extends T1LineOptions {
  /** Work that takes longer asks for more time, and again each time it has passed. ms. */
  readonly wtxAfterMs?: number;
  /** How it behaves on the line; as the reference terminal when absent. */
  readonly line?: TerminalLine;
  /** Deadline of one message for the handler in ms; past it the terminal stays silent. */
  readonly workMs?: number;
  /** The handler failed, or the line did. The concentrator hears nothing of it. */
  readonly onFailure?: (thrown: unknown) => void;
}

/**
 * The terminal's end of a line: T=1 in the part of the card over `stream` (`serial-line.md`). Each message reaches
 * `handler` at most once. A reply that comes after the concentrator has started afresh is dropped; `handler` may then be
 * asked the next message while it still works on the last. A handler that fails leaves the line silent until S(RESYNCH).
 * Disposing stops listening and leaves the stream open.
 */
export function serveT1(
  stream: ByteStream,
  handler: Exchange,
  clock: Clock,
  options: ServeT1Options = {},
): AsyncDisposable {
  return new T1Server(stream, handler, clock, options);
}

/** A message that the handler has and that is still wanted. */
interface Work {
  wtx: Timer | undefined;
}

class T1Server implements AsyncDisposable {
  readonly #stream: ByteStream;
  readonly #handler: Exchange;
  readonly #clock: Clock;
  readonly #options: ServeT1Options;
  readonly #line: TerminalLine;
  readonly #receiver: T1Receiver;
  readonly #undo: () => void;
  /** The stream may outlive its terminals. */
  readonly #forget: () => void;
  #state: IccState;
  #work: Work | undefined;

  constructor(stream: ByteStream, handler: Exchange, clock: Clock, options: ServeT1Options) {
    const { address = { sad: 1, dad: 2 }, line = TERMINAL_LINE, maxMessage = 4096, onTraffic } = options;
    const { cwtMs = line.cwtMs } = options;
    this.#stream = stream;
    this.#handler = handler;
    this.#clock = clock;
    this.#options = options;
    this.#line = line;
    this.#state = startIcc({ address, maxMessage });
    this.#receiver = new T1Receiver(clock, cwtMs, (block) => this.#step({ kind: "block", block }));
    this.#undo = stream.onBytes((bytes) => {
      onTraffic?.("heard", bytes);
      this.#receiver.hear(bytes);
    });
    this.#forget = whenResolved(stream.closed, () => this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    this.#stop();
  }

  #stop(): void {
    this.#undo();
    this.#receiver.restart();
    this.#endWork();
  }

  #step(event: IccEvent): void {
    const { state, actions } = this.#line.step(this.#state, event);
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  #perform(action: IccAction): void {
    switch (action.kind) {
      case "transmit":
        this.#transmit(action.block);
        break;
      case "deliver":
        this.#deliver(action.data);
        break;
      case "abandon":
        this.#endWork();
        break;
      case "ignore":
        break;
      default:
        unreachable(action);
    }
  }

  #transmit(block: ValidBlock): void {
    const bytes = this.#line.encode(block);
    this.#receiver.restart();
    this.#options.onTraffic?.("sent", bytes);
    const deadline = deadlineIn(this.#clock, this.#options.bwtMs ?? 2000);
    this.#stream.write(bytes, deadline).catch((thrown: unknown) => this.#options.onFailure?.(thrown));
  }

  #deliver(message: Uint8Array): void {
    const work: Work = { wtx: undefined };
    this.#work = work;
    this.#armWtx(work);
    this.#handle(message).then(
      (data) => {
        if (this.#work !== work) return; // abandoned
        this.#endWork();
        this.#step({ kind: "reply", data });
      },
      (thrown: unknown) => {
        if (this.#work === work) this.#endWork();
        this.#options.onFailure?.(thrown);
      },
    );
  }

  async #handle(message: Uint8Array): Promise<Uint8Array> {
    const { workMs = 60_000, maxMessage = 4096 } = this.#options;
    const deadline = deadlineIn(this.#clock, workMs);
    const who = { what: `the terminal's work on ${this.#stream.name}`, owner: "terminal" } as const;
    const answer = await within(deadline, this.#handler.exchange(message, deadline), who);
    if (answer.length <= maxMessage) return answer;
    throw new PursebenchError("PROTOCOL", `answer of ${answer.length} bytes, at most ${maxMessage}`, who);
  }

  #armWtx(work: Work): void {
    const timer = this.#clock.timer(this.#options.wtxAfterMs ?? this.#line.wtxAfterMs);
    work.wtx = timer;
    void timer.elapsed.then(() => {
      if (this.#work !== work) return;
      this.#step({ kind: "wtx", multiplier: 1 });
      this.#armWtx(work);
    });
  }

  #endWork(): void {
    this.#work?.wtx?.cancel();
    this.#work = undefined;
  }
}
