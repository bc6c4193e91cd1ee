import type { Clock } from "../../core/clock.ts";
import { type Deadline, noDeadline } from "../../core/deadline.ts";
import type { TerminalAccess } from "../../link/exchange.ts";

/**
 * One exchange at a time for each terminal (`messages.md` 5), though a collection asks it beside the transaction that has it reserved:
 * the messages of both take turns. Who waits for its turn has its whole time from then on.
 */
export class TerminalTurns implements TerminalAccess {
  readonly #inner: TerminalAccess;
  readonly #clock: Clock;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(inner: TerminalAccess, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  exchange(IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const before = this.#last.get(IDTERM);
    const answer =
      before === undefined
        ? this.#inner.exchange(IDTERM, message, deadline)
        : this.#after(before, IDTERM, message, deadline);
    const over = answer.then(
      () => undefined,
      () => undefined, // whoever asked hears of it
    );
    this.#last.set(IDTERM, over);
    void over.then(() => {
      if (this.#last.get(IDTERM) === over) this.#last.delete(IDTERM);
    });
    return answer;
  }

  async #after(before: Promise<unknown>, IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const since = this.#clock.monotonicMs();
    await before;
    const waited = this.#clock.monotonicMs() - since;
    const later = Number.isFinite(deadline.atMs)
      ? { clock: deadline.clock, atMs: deadline.atMs + waited }
      : noDeadline(deadline.clock);
    return await this.#inner.exchange(IDTERM, message, later);
  }
}
