import type { Clock, Timer } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";

export interface PoolOptions {
  readonly clock: Clock;
  /** How long a transaction waits for a terminal, in milliseconds. */
  readonly queueingMs: number;
  /** How many transactions may wait; one more is turned away at once. */
  readonly queueLimit: number;
}

interface Waiter {
  /** Only this terminal will do; any when absent. */
  readonly wanted: string | undefined;
  readonly settle: (IDTERM: string | undefined) => void;
  readonly timer: Timer;
}

/**
 * The terminals of a payment server, built from the list of all valid identifiers ([0091]). A terminal serves one
 * transaction at a time; who waits longest is served first; the terminal that rested longest is given out first.
 */
export class TerminalPool {
  readonly #free: string[];
  readonly #busy = new Set<string>();
  readonly #known: ReadonlySet<string>;
  readonly #waiters: Waiter[] = [];
  readonly #options: PoolOptions;
  #isClosed = false;

  /** `terminalIds`: IDTERM, 8 hex digits each. `USAGE` for another form or a repeated one. */
  constructor(terminalIds: readonly string[], options: PoolOptions) {
    this.#free = terminalIds.map((IDTERM) => IDTERM.toUpperCase());
    this.#known = new Set(this.#free);
    this.#options = options;
    const wrong = this.#free.find((IDTERM) => !/^[0-9A-F]{8}$/.test(IDTERM));
    if (wrong !== undefined) throw wrongList(`"${wrong}" is no terminal identifier`);
    if (this.#known.size !== this.#free.length) throw wrongList("a terminal identifier is listed twice");
  }

  get free(): readonly string[] {
    return [...this.#free];
  }

  get busy(): readonly string[] {
    return [...this.#busy];
  }

  /** How many transactions wait for a terminal. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** A terminal for one transaction, the one `wanted` if given; `undefined` when none is free in time or ever will be. */
  acquire(wanted?: string): Promise<string | undefined> {
    if (this.#isClosed || (wanted !== undefined && !this.#known.has(wanted))) return Promise.resolve(undefined);
    const index = wanted === undefined ? 0 : this.#free.indexOf(wanted);
    const [IDTERM] = index < 0 ? [] : this.#free.splice(index, 1);
    if (IDTERM !== undefined) {
      this.#busy.add(IDTERM);
      return Promise.resolve(IDTERM);
    }
    return this.#waiters.length >= this.#options.queueLimit ? Promise.resolve(undefined) : this.#queue(wanted);
  }

  /** The transaction has ended; the longest waiting one that this terminal suits gets it. */
  release(IDTERM: string): void {
    if (!this.#busy.delete(IDTERM)) throw new PursebenchError("INTERNAL", `terminal ${IDTERM} was not in use`);
    const next = this.#waiters.find(({ wanted }) => wanted === undefined || wanted === IDTERM);
    if (next === undefined) {
      this.#free.push(IDTERM);
      return;
    }
    this.#busy.add(IDTERM);
    this.#settle(next, IDTERM);
  }

  /** Turns away everybody who waits, now and later. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiters]) this.#settle(waiter, undefined);
  }

  #queue(wanted: string | undefined): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.timer(this.#options.queueingMs);
      const waiter: Waiter = { wanted, settle: resolve, timer };
      this.#waiters.push(waiter);
      void timer.elapsed.then(() => this.#settle(waiter, undefined));
    });
  }

  #settle(waiter: Waiter, IDTERM: string | undefined): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    waiter.timer.cancel();
    waiter.settle(IDTERM);
  }
}

function wrongList(what: string): PursebenchError {
  return new PursebenchError("USAGE", `the payment server's list of terminals: ${what}`, {
    mend: "list each terminal once, by its 8 hex digits",
  });
}
