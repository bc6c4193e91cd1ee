import type { CardTear } from "../../core/card-tear.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { cardAtr } from "./atr.ts";
import { caseOf } from "./case-of.ts";
import { type CardRole, card } from "./model.ts";
import { NonVolatileMemory, type PowerCut, type WriteOrder } from "./nvm.ts";
import type { CardInput, CardOutput, CardState, Purse } from "./state.ts";

export interface ServeCardOptions {
  readonly state: CardState;
  /** The reference card when absent. */
  readonly role?: CardRole;
  /** Fresh bytes for the challenges at each reset; without it they follow from `state` alone. */
  readonly random?: Random;
  /** How the card writes; by a journal when absent. */
  readonly writeOrder?: WriteOrder;
  /** True while the memory takes no more writes, which the card notices; never when absent. */
  readonly isWornOut?: () => boolean;
  /** Answer to reset; that of the reference card for the purse's protocol when absent. */
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
  /** What the memory holds, as the card would find it at power on. */
  readonly kept: Purse;
  /**
   * Power goes at that moment of the next command that has it, once; `onTorn` is called then. A new tear takes the place of one that
   * waits, undefined takes it away.
   */
  tearAt(tear: CardTear | undefined, onTorn?: () => void): void;
  /** Writes to non-volatile memory in the last command. */
  readonly writes: number;
  /** What a command is by its header, for T=0. */
  readonly caseOf: (header: Parameters<typeof caseOf>[1]) => 1 | 2 | 3 | 4;
}

export function serveCard(options: ServeCardOptions): SimulatedCard {
  return new ServedCard(options);
}

interface Waiting {
  readonly tear: CardTear;
  readonly onTorn: () => void;
}

class ServedCard implements SimulatedCard {
  readonly #options: ServeCardOptions;
  readonly #role: CardRole;
  readonly #memory: NonVolatileMemory;
  #state: CardState;
  /** What the memory was last brought to. */
  #stored: Purse;
  readonly caseOf: SimulatedCard["caseOf"] = (header) => caseOf(this.#state, header);
  #powered = false;
  #waiting: Waiting | undefined;

  constructor(options: ServeCardOptions) {
    this.#options = options;
    this.#role = options.role ?? card;
    this.#state = options.state;
    this.#stored = options.state.purse;
    this.#memory = new NonVolatileMemory(options.state.purse, options.writeOrder);
  }

  get state(): CardState {
    return this.#state;
  }

  get kept(): Purse {
    return this.#memory.recovered();
  }

  get writes(): number {
    return this.#memory.writes;
  }

  tearAt(tear: CardTear | undefined, onTorn: () => void = () => undefined): void {
    this.#waiting = tear && { tear, onTorn };
  }

  powerOn(): Uint8Array {
    return this.reset();
  }

  /** The purse is what the cells hold; nothing else outlives the reset. */
  reset(): Uint8Array {
    this.#memory.recover();
    const purse = this.#memory.read();
    this.#stored = purse;
    const fresh = this.#options.random?.(16);
    const input: CardInput = fresh ? { kind: "reset", fresh } : { kind: "reset" };
    this.#state = this.#role.handle({ ...this.#state, purse }, input).state;
    this.#store();
    this.#powered = true;
    return (this.#options.atr ?? cardAtr(purse.protocol)).slice();
  }

  powerOff(): void {
    this.#powered = false;
  }

  transmit(command: Uint8Array): Uint8Array | null {
    if (!this.#powered) return null;
    const waiting = this.#waiting && isMeant(this.#waiting.tear, command) ? this.#waiting : undefined;
    this.#memory.begin();
    if (waiting?.tear.at === "before-command") return this.#losePower(waiting);
    const answer = this.#perform({ kind: "command", bytes: command }, waiting);
    return answer && waiting?.tear.at === "after-command" ? this.#losePower(waiting) : answer;
  }

  #perform(input: CardInput, waiting: Waiting | undefined): Uint8Array | null {
    const step = this.#role.handle(this.#state, input);
    this.#state = step.state;
    for (const output of step.outputs) {
      const done = this.#performOutput(output, waiting);
      if (done !== "next") return done;
    }
    throw new PursebenchError("INTERNAL", "the card model gave no response");
  }

  #performOutput(output: CardOutput, waiting: Waiting | undefined): Uint8Array | null | "next" {
    switch (output.kind) {
      case "response":
        return this.#store(waiting) ? output.bytes : null;
      case "write":
        if (this.#options.isWornOut?.()) return this.#perform({ kind: "write-failed" }, waiting);
        return this.#store(waiting) ? "next" : null;
      default:
        return unreachable(output);
    }
  }

  /** Brings the memory to what the card has become; false when power was lost on the way. */
  #store(waiting?: Waiting): boolean {
    const { purse } = this.#state;
    if (purse === this.#stored) return true;
    if (!this.#memory.store(purse, waiting && cutOf(waiting.tear))) {
      if (waiting) this.#losePower(waiting);
      return false;
    }
    this.#stored = purse;
    return true;
  }

  #losePower({ onTorn }: Waiting): null {
    this.#waiting = undefined;
    this.#powered = false;
    onTorn();
    return null;
  }
}

function isMeant({ INS, P1 }: CardTear, command: Uint8Array): boolean {
  return command[1] === INS && command[2] === P1;
}

function cutOf({ at }: CardTear): PowerCut | undefined {
  return typeof at === "string" ? undefined : at;
}
