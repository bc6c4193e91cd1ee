import { type Deadline, noDeadline, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { RoleName, TraceEvent } from "../../core/trace.ts";
import type { Exchange, TerminalAccess } from "../../link/exchange.ts";
import { DumbPsam } from "./dumb-psam.ts";
import { type ServedTerminal, type ServeTerminalOptions, serveTerminal, type TerminalTimeouts } from "./serve.ts";
import type { TerminalStore } from "./store.ts";

export interface DrivenTerminalOptions extends Omit<ServeTerminalOptions, "psam" | "store"> {
  /** How the dumb terminal itself is reached. */
  readonly access: TerminalAccess;
  /** The data store is the server's and outlives it. */
  readonly store: TerminalStore;
  /** Whose log tells what happened; the merchants' payment server when absent. */
  readonly server?: RoleName;
}

/**
 * `psamMs`: how long the driver waits for the answer to one T-apdu, in milliseconds. Longer than a concentrator waits for
 * its line, so that no late answer is taken for the next one.
 */
export const DRIVER_TIMEOUTS: TerminalTimeouts = { psamMs: 9_000 };

/** One terminal's messages in and out. Disposing it is a crash of the server: nothing more is sent, logged or kept. */
export interface DrivenTerminal extends Exchange, AsyncDisposable {}

/**
 * A dumb terminal and the payment server's own driver, together a terminal like any other: the server takes the messages
 * of section 5 apart and exchanges the responses with the PSAM itself ([0090]). Rejects when the terminal cannot be
 * reached, as `TerminalAccess` does; a silent PSAM is `A010`.
 */
export function drivenTerminal(options: DrivenTerminalOptions): DrivenTerminal {
  return new Driven(options);
}

class Driven implements DrivenTerminal {
  readonly #options: DrivenTerminalOptions;
  readonly #psam: DumbPsam;
  readonly #terminal: ServedTerminal;
  #isStopped = false;
  /** The work before; each message waits for it. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(options: DrivenTerminalOptions) {
    const { access, store, server = "payment-server", ...served } = options;
    this.#options = options;
    this.#psam = new DumbPsam(access, options.identity.IDTERM);
    this.#terminal = serveTerminal({
      timeouts: DRIVER_TIMEOUTS,
      ...served,
      psam: this.#psam,
      trace: (event) => {
        if (!this.#isStopped) options.trace(inTheNameOf(server, event));
      },
      store: {
        load: () => store.load(),
        save: (memory) => {
          if (!this.#isStopped) store.save(memory);
        },
      },
    });
  }

  async exchange(request: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const answer = this.#busy.then(() => this.#workOff(request));
    this.#busy = answer.catch(() => undefined); // its caller hears of it
    return await within(deadline, answer, { what: `terminal ${this.#options.identity.IDTERM}`, owner: "terminal" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#psam.close();
    await this.#busy;
  }

  async #workOff(request: Uint8Array): Promise<Uint8Array> {
    if (this.#isStopped) throw new PursebenchError("SERVICE_ABSENT", "the payment server stopped", { owner: "server" });
    this.#psam.takeFailure();
    const answer = await this.#terminal.exchange(request, noDeadline(this.#options.clock));
    const failure = this.#psam.takeFailure();
    if (failure !== undefined) throw failure;
    return answer;
  }
}

function inTheNameOf(role: RoleName, event: TraceEvent): TraceEvent {
  return event.kind === "log" ? { ...event, role } : event;
}
