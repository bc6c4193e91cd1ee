/** One system that a walk goes through, operation by operation, with the oracle after each. */

import { CardMemory } from "../../../suites/support/money/card-memory.ts";
import { judgeMoney } from "../../../suites/support/money/oracle.ts";
import type { CardTear } from "../../core/card-tear.ts";
import type { Box, CardKind, Disturbance, PurseSystem } from "../../flows/system.ts";

/** How many more set-top boxes take part, each with a card of its own. */
const BOXES = 4;

/** Something that is done to the system; `what` says it in the report of a failing walk. */
export interface Operation {
  readonly what: string;
  perform(world: World): Promise<void>;
}

/** Money was created or lost. */
export class MoneyError extends Error {
  override readonly name = "MoneyError";
}

export class World {
  readonly system: PurseSystem;
  readonly boxes: readonly Box[];
  readonly #tally: (what: string) => void;
  readonly #memory = new CardMemory();
  readonly #undo: Disturbance[] = [];
  readonly #beside: Promise<unknown>[] = [];
  /** In the reader; undefined: none. */
  #kind: CardKind | undefined = "specimen";
  #tear: Disturbance | undefined;

  private constructor(system: PurseSystem, boxes: readonly Box[], tally: (what: string) => void) {
    this.system = system;
    this.boxes = boxes;
    this.#tally = tally;
  }

  /** `tally` hears what happened, for the report. */
  static async begin(system: PurseSystem, tally: (what: string) => void): Promise<World> {
    return new World(system, await system.boxes(BOXES), tally);
  }

  /** Does it, waits until nothing is under way any more, and asks the oracle. Rejects when money was created or lost. */
  async perform(operation: Operation): Promise<void> {
    try {
      await operation.perform(this);
      await this.system.idle();
      await Promise.all(this.#beside.splice(0));
    } finally {
      for (const each of this.#undo.splice(0)) each[Symbol.dispose]();
    }
    await this.#putBack();
    this.#tally("operations");
    const { flaws, differences } = judgeMoney(await this.system.money(), this.#memory);
    const all = [...flaws, ...differences];
    if (all.length > 0) throw new MoneyError(all.join("; "));
  }

  note(what: string): void {
    this.#tally(what);
  }

  get hasCard(): boolean {
    return this.#kind !== undefined;
  }

  /** Until the operation is over. */
  until(disturbance: Disturbance): void {
    this.#undo.push(disturbance);
  }

  /** Goes on beside the operation, which is not over before. */
  beside(work: Promise<unknown>): void {
    work.catch(() => undefined); // `perform` hears of it
    this.#beside.push(work);
  }

  /** The card in the reader loses its power there, and is put back when the operation is over. */
  tear(moment: CardTear): void {
    const tear = this.system.tear(moment);
    this.until(tear);
    this.#tear = tear;
  }

  async insert(kind: CardKind | undefined): Promise<void> {
    this.#kind = kind;
    await (kind === undefined ? this.system.removeCard() : this.system.insertCard(kind));
  }

  async #putBack(): Promise<void> {
    const isTorn = (this.#tear?.hits ?? 0) > 0;
    this.#tear = undefined;
    if (!isTorn) return;
    this.note("cards torn");
    await this.insert(this.#kind);
  }
}
