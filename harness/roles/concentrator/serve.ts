import type { Clock } from "../../core/clock.ts";
import { deadlineIn, noDeadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError, unreachable } from "../../core/errors.ts";
import { nowhere, type TraceSink } from "../../core/trace.ts";
import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import type { Exchange } from "../../link/exchange.ts";
import {
  type ConcentratorInput,
  type ConcentratorOutput,
  type ConcentratorRole,
  type ConcentratorState,
  concentrator,
  createConcentrator,
} from "./model.ts";

export interface ConcentratorTimeouts {
  /** How long a terminal may take for one message before its line is given up, in milliseconds. */
  readonly terminalMs: number;
}

export const CONCENTRATOR_TIMEOUTS: ConcentratorTimeouts = { terminalMs: 8_000 };

export interface ServeConcentratorOptions {
  /** Terminals by IDTERM, 8 hex digits. A recorded line is a recorded `Exchange`. */
  readonly lines: ReadonlyMap<string, Exchange>;
  readonly clock: Clock;
  readonly trace?: TraceSink;
  readonly timeouts?: ConcentratorTimeouts;
  /** The reference concentrator when absent. */
  readonly role?: ConcentratorRole;
}

/** Serves every payment server that connects, over the same lines: LAN frames in, LAN frames out. */
export function serveConcentrator(options: ServeConcentratorOptions): ServeChannel {
  const served = new Served(options);
  return (channel) => served.serve(channel);
}

class Served {
  readonly #options: ServeConcentratorOptions;
  readonly #role: ConcentratorRole;
  readonly #trace: TraceSink;
  readonly #timeouts: ConcentratorTimeouts;
  readonly #channels = new Map<number, MessageChannel>();
  #opened = 0;
  #state: ConcentratorState;

  constructor(options: ServeConcentratorOptions) {
    this.#options = options;
    this.#role = options.role ?? concentrator;
    this.#trace = options.trace ?? nowhere;
    this.#timeouts = options.timeouts ?? CONCENTRATOR_TIMEOUTS;
    this.#state = createConcentrator(options.lines.keys());
  }

  async serve(channel: MessageChannel): Promise<void> {
    const number = ++this.#opened;
    this.#channels.set(number, channel);
    const forever = noDeadline(this.#options.clock);
    try {
      for (let bytes = await channel.receive(forever); bytes; bytes = await channel.receive(forever)) {
        await this.#handle({ kind: "frame", channel: number, bytes });
      }
    } finally {
      this.#channels.delete(number);
    }
  }

  async #handle(input: ConcentratorInput): Promise<void> {
    const step = this.#role.handle(this.#state, input);
    this.#state = step.state;
    for (const output of step.outputs) await this.#perform(output);
  }

  async #perform(output: ConcentratorOutput): Promise<void> {
    switch (output.kind) {
      case "forward":
        // Not awaited: the other terminals are served meanwhile. It ends in an input whatever happens.
        void this.#ask(output.IDTERM, output.message);
        return;
      case "send":
        await this.#send(output.channel, output.bytes);
        return;
      case "log":
        this.#trace({ role: "concentrator", ...output });
        return;
      default:
        unreachable(output);
    }
  }

  async #ask(IDTERM: string, message: Uint8Array): Promise<void> {
    let next: ConcentratorInput;
    try {
      next = { kind: "answer", IDTERM, bytes: await this.#exchange(IDTERM, message) };
    } catch (thrown) {
      next = { kind: "no-answer", IDTERM, reason: messageOf(thrown) };
    }
    await this.#handle(next);
  }

  async #exchange(IDTERM: string, message: Uint8Array): Promise<Uint8Array> {
    const line = this.#options.lines.get(IDTERM);
    if (line === undefined) throw new PursebenchError("INTERNAL", `no line for terminal ${IDTERM}`);
    const deadline = deadlineIn(this.#options.clock, this.#timeouts.terminalMs);
    return await within(deadline, line.exchange(message, deadline), { what: `terminal ${IDTERM}`, owner: "terminal" });
  }

  /** A payment server that has gone meanwhile misses its answer, and nobody else is to suffer from that. */
  async #send(channel: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#channels.get(channel)?.send(bytes);
    } catch (thrown) {
      this.#trace({ kind: "note", text: `concentrator: an answer could not be sent: ${messageOf(thrown)}` });
    }
  }
}
