/** More set-top boxes, each with a card of its own that is a program, for many purchases at once. */
import type { Clock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardReader } from "../device/contracts.ts";
import type { LoadOrder, LoadOutcome } from "../flows/loading.ts";
import type { Box, Order, PurchaseOutcome, PurseReading, SystemFacts } from "../flows/system.ts";
import type { SetTopBox } from "../roles/set-top-box/serve.ts";
import { loadOrderOf } from "./bench-loading.ts";
import { orderOf } from "./order.ts";
import { readPurse } from "./read-purse.ts";

/** How long the harness's own look at a card may take. */
const LOOK_MS = 20_000;

export interface BoxParts {
  readonly setTopBox: SetTopBox;
  /** The box's reader as the harness itself uses it. */
  readonly ownReader: CardReader;
}

/** Boxes by number, each made when it is first asked for and the same one from then on. */
export class Boxes {
  readonly #facts: SystemFacts;
  readonly #clock: Clock;
  readonly #make: (index: number) => BoxParts;
  readonly #boxes: Box[] = [];

  constructor(facts: SystemFacts, clock: Clock, make: (index: number) => BoxParts) {
    this.#facts = facts;
    this.#clock = clock;
    this.#make = make;
  }

  /** `USAGE` above `facts.offers.boxes`. */
  take(count: number): readonly Box[] {
    const { boxes } = this.#facts.offers;
    if (count > boxes) throw new PursebenchError("USAGE", `this bench has ${boxes} more set-top boxes, not ${count}`);
    while (this.#boxes.length < count) this.#boxes.push(this.#box(this.#make(this.#boxes.length)));
    return this.#boxes.slice(0, count);
  }

  #box({ setTopBox, ownReader }: BoxParts): Box {
    const facts = this.#facts;
    return {
      async purchase(order: Order = {}): Promise<PurchaseOutcome> {
        const { CC, IDTRX, CONTENT, shown } = await setTopBox.purchase(orderOf(facts, order));
        return { CC, IDTRX, CONTENT, shown };
      },
      async load(order: LoadOrder = {}): Promise<LoadOutcome> {
        const { CC, IDTRX, MLDA, CONTENT, shown } = await setTopBox.load(loadOrderOf(facts, order));
        return { CC, IDTRX, MLDA, CONTENT, shown };
      },
      async recover(): Promise<void> {
        await setTopBox.recoverPending();
      },
      readPurse: async (): Promise<PurseReading> => {
        await setTopBox.releaseCard();
        const deadline = deadlineIn(this.#clock, LOOK_MS);
        await using channel = await ownReader.connect(deadline);
        return await readPurse(channel, deadline);
      },
    };
  }
}
