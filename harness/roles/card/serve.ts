import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { cardAtr } from "./atr.ts";
import { type CardRole, card } from "./model.ts";
import type { CardInput, CardOutput, CardState, Purse } from "./state.ts";

/**
 * What becomes of a write: done; failed, which the card notices; power gone before or after it, which the card does not.
 */
export type WriteOutcome = "written" | "failed" | "torn-before" | "torn-after";

export interface ServeCardOptions {
  readonly state: CardState;
  /** The reference card when absent. */
  readonly role?: CardRole;
  /** Fresh bytes for the challenges at each reset; without it they follow from `state` alone. */
  readonly random?: Random;
  /** The card's memory; every write succeeds when absent. A place to keep the purse, and where tearing is simulated. */
  readonly memory?: (purse: Purse) => WriteOutcome;
  /** Answer to reset; that of the reference card when absent. */
  readonly atr?: Uint8Array;
}

/** A card as a reader sees it; a `VirtualCard` of `device/virtual`. */
export interface SimulatedCard {
  powerOn(): Uint8Array;
  reset(): Uint8Array;
  powerOff(): void;
  /** `null`: power was lost inside the command (tearing); the card is mute until it is powered on. */
  transmit(command: Uint8Array): Uint8Array | null;
  readonly state: CardState;
}

export function serveCard(options: ServeCardOptions): SimulatedCard {
  return new ServedCard(options);
}

class ServedCard implements SimulatedCard {
  readonly #options: ServeCardOptions;
  readonly #role: CardRole;
  #state: CardState;
  #powered = false;

  constructor(options: ServeCardOptions) {
    this.#options = options;
    this.#role = options.role ?? card;
    this.#state = options.state;
  }

  get state(): CardState {
    return this.#state;
  }

  powerOn(): Uint8Array {
    return this.reset();
  }

  reset(): Uint8Array {
    const fresh = this.#options.random?.(16);
    this.#state = this.#role.handle(this.#state, fresh ? { kind: "reset", fresh } : { kind: "reset" }).state;
    this.#powered = true;
    return (this.#options.atr ?? cardAtr()).slice();
  }

  powerOff(): void {
    this.#powered = false;
  }

  transmit(command: Uint8Array): Uint8Array | null {
    return this.#powered ? this.#perform({ kind: "command", bytes: command }) : null;
  }

  #perform(input: CardInput): Uint8Array | null {
    const before = this.#state;
    const step = this.#role.handle(before, input);
    this.#state = step.state;
    for (const output of step.outputs) {
      const done = this.#performOutput(output, before);
      if (done !== "next") return done;
    }
    throw new PursebenchError("INTERNAL", "the card model gave no response");
  }

  #performOutput(output: CardOutput, before: CardState): Uint8Array | null | "next" {
    switch (output.kind) {
      case "response":
        return output.bytes;
      case "write":
        return this.#write(output.purse, before);
      default:
        return unreachable(output);
    }
  }

  #write(purse: Purse, before: CardState): Uint8Array | null | "next" {
    const outcome = this.#options.memory?.(purse) ?? "written";
    switch (outcome) {
      case "written":
        return "next";
      case "failed":
        return this.#perform({ kind: "write-failed" });
      case "torn-before":
        this.#state = { ...this.#state, purse: before.purse, undo: null };
        return this.#losePower();
      case "torn-after":
        return this.#losePower();
      default:
        return unreachable(outcome);
    }
  }

  #losePower(): null {
    this.#powered = false;
    return null;
  }
}
