import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError, unreachable } from "../../core/errors.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { Exchange } from "../../link/exchange.ts";
import { drive } from "../role.ts";
import { withOpenSuspended } from "./memory.ts";
import { type TerminalRole, terminal } from "./model.ts";
import {
  createTerminal,
  type TerminalIdentity,
  type TerminalInput,
  type TerminalOutput,
  type TerminalState,
} from "./state.ts";
import { memoryStore, type TerminalStore } from "./store.ts";

export interface TerminalTimeouts {
  /** How long the terminal waits for its PSAM, in milliseconds (`messages.md` 9). */
  readonly psamMs: number;
}

export const TERMINAL_TIMEOUTS: TerminalTimeouts = { psamMs: 3_000 };

export interface ServeTerminalOptions {
  readonly identity: TerminalIdentity;
  /** The security card. Whoever wants link SAM recorded hands in a recorded one. */
  readonly psam: Exchange;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly timeouts?: TerminalTimeouts;
  /** The reference terminal when absent. */
  readonly role?: TerminalRole;
  /** Forgets everything with the terminal when absent. */
  readonly store?: TerminalStore;
}

/** A terminal as the concentrator's line sees it: one message in, one message out, one at a time. */
export interface ServedTerminal extends Exchange {
  /** Power off and on: what was under way is gone, the data store and the PSAM's own state stay. */
  powerCycle(): Promise<void>;
  /** The same without waiting for a message that is under way: whatever it has not written by now is lost. */
  cutPower(): Promise<void>;
  readonly state: TerminalState;
}

export function serveTerminal(options: ServeTerminalOptions): ServedTerminal {
  return new Served(options);
}

class Served implements ServedTerminal {
  readonly #options: ServeTerminalOptions;
  readonly #role: TerminalRole;
  readonly #store: TerminalStore;
  readonly #timeouts: TerminalTimeouts;
  #state: TerminalState;
  /** The work before; each message waits for it. */
  #busy: Promise<unknown> = Promise.resolve();
  /** Power-ups so far: work that was begun before the last one gets no further. */
  #life = 0;

  constructor(options: ServeTerminalOptions) {
    this.#options = options;
    this.#role = options.role ?? terminal;
    this.#store = options.store ?? memoryStore();
    this.#timeouts = options.timeouts ?? TERMINAL_TIMEOUTS;
    // Nothing is known of what the PSAM did meanwhile; its selection suspends what was open.
    this.#state = createTerminal(options.identity, withOpenSuspended(this.#store.load()));
  }

  get state(): TerminalState {
    return this.#state;
  }

  async exchange(request: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const { IDTERM } = this.#options.identity;
    const answer = this.#afterOthers(() => this.#workOff(request));
    return await within(deadline, answer, { what: `terminal ${IDTERM}`, owner: "terminal" });
  }

  async powerCycle(): Promise<void> {
    await this.#afterOthers(() => this.#powerUp());
  }

  async cutPower(): Promise<void> {
    this.#life++;
    this.#busy = Promise.resolve();
    await this.#afterOthers(() => this.#powerUp());
  }

  #powerUp(): Promise<unknown> {
    this.#state = createTerminal(this.#options.identity, this.#store.load());
    return this.#run({ kind: "power", DTHR: this.#now() });
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#busy.then(work);
    this.#busy = mine.catch(() => undefined); // its caller hears of the failure; the next message is not to suffer from it
    return mine;
  }

  async #workOff(bytes: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#run({ kind: "message", bytes, DTHR: this.#now() });
    if (answer === undefined) throw new PursebenchError("INTERNAL", "the terminal model gave no answer");
    return answer;
  }

  /** Feeds `input` to the role until it has nothing more to do; the last answer that it gave. */
  async #run(input: TerminalInput): Promise<Uint8Array | undefined> {
    const life = this.#life;
    let answer: Uint8Array | undefined;
    const state = await drive(this.#role, this.#state, input, (output) => {
      this.#requirePower(life);
      if (output.kind === "answer") answer = output.bytes;
      return this.#perform(output);
    });
    this.#requirePower(life);
    this.#state = state;
    return answer;
  }

  #requirePower(life: number): void {
    if (life === this.#life) return;
    const { IDTERM } = this.#options.identity;
    throw new PursebenchError("DEVICE_LOST", `terminal ${IDTERM} was switched off`, { owner: "terminal" });
  }

  #perform(output: TerminalOutput): Promise<TerminalInput> | undefined {
    switch (output.kind) {
      case "answer":
        return undefined;
      case "save":
        this.#store.save(output.memory);
        return undefined;
      case "log":
        this.#options.trace({ role: "terminal", ...output });
        return undefined;
      case "psam-apdu":
        return this.#askPsam(output.bytes);
      default:
        return unreachable(output);
    }
  }

  /** A PSAM that is silent, gone or talks nonsense is the same to the terminal: there is no answer. */
  async #askPsam(command: Uint8Array): Promise<TerminalInput> {
    const { psam, clock, trace, identity } = this.#options;
    const deadline = deadlineIn(clock, this.#timeouts.psamMs);
    try {
      const answer = psam.exchange(command, deadline);
      const bytes = await within(deadline, answer, { what: `PSAM of terminal ${identity.IDTERM}`, owner: "psam" });
      return { kind: "psam-response", bytes };
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError) || thrown.code === "INTERNAL") throw thrown;
      trace({ kind: "note", text: `PSAM of terminal ${identity.IDTERM}: ${messageOf(thrown)}` });
      return { kind: "psam-silent" };
    }
  }

  /** YYYYMMDDhhmmss, UTC. */
  #now(): string {
    return this.#options.clock.wall().toISOString().replace(/\D/g, "").slice(0, 14);
  }
}
