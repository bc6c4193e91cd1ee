import { PursebenchError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { Exchange } from "../../link/exchange.ts";
import { type PsamRole, psam } from "./model.ts";
import type { PsamInput, PsamMemory, PsamState } from "./state.ts";

export interface ServePsamOptions {
  readonly state: PsamState;
  /** The reference PSAM when absent. */
  readonly role?: PsamRole;
  /** Fresh bytes for the session keys of public key cards at each reset; without it they follow from `state` alone. */
  readonly random?: Random;
  /** Called with each new memory before the answer leaves: a place to keep it. `false`: the write failed (6581). */
  readonly memory?: (memory: PsamMemory) => boolean;
}

/** A PSAM as a terminal sees it, at once a card and an `Exchange`. */
export interface SimulatedPsam extends Exchange {
  /** Power off and on, or the reset line. The PSAM must be selected again. */
  reset(): void;
  transmit(command: Uint8Array): Uint8Array;
  readonly state: PsamState;
}

export function servePsam(options: ServePsamOptions): SimulatedPsam {
  return new ServedPsam(options);
}

class ServedPsam implements SimulatedPsam {
  readonly #role: PsamRole;
  readonly #random: Random | undefined;
  readonly #memory: (memory: PsamMemory) => boolean;
  #state: PsamState;

  constructor({ state, role = psam, random, memory = () => true }: ServePsamOptions) {
    this.#role = role;
    this.#random = random;
    this.#memory = memory;
    this.#state = state;
  }

  get state(): PsamState {
    return this.#state;
  }

  reset(): void {
    const fresh = this.#random?.(16);
    this.#perform(fresh ? { kind: "reset", fresh } : { kind: "reset" });
  }

  transmit(command: Uint8Array): Uint8Array {
    const response = this.#perform({ kind: "command", bytes: command });
    if (!response) throw new PursebenchError("INTERNAL", "the PSAM model gave no response");
    return response;
  }

  async exchange(request: Uint8Array): Promise<Uint8Array> {
    return this.transmit(request);
  }

  #perform(input: PsamInput): Uint8Array | undefined {
    const step = this.#role.handle(this.#state, input);
    this.#state = step.state;
    for (const output of step.outputs) {
      if (output.kind === "response") return output.bytes;
      if (!this.#memory(output.memory)) return this.#perform({ kind: "write-failed" });
    }
    return undefined;
  }
}
