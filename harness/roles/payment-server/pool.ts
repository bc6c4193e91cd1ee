import type { Clock, Timer } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";

export interface PoolOptions {
  readonly clock: Clock;
  /** How long a transaction waits for a terminal, in milliseconds. */
  readonly queueingMs: number;
  /** How many transactions may wait; one more is turned away at once. */
  readonly queueLimit: number;
}

/** What a transaction needs. */
export interface TerminalWish {
  /** Only one of these will do; any when absent. */
  readonly among?: readonly string[] | undefined;
  /** What is issued stays undecided while the terminal serves others: not from one that has its fill of such. */
  readonly issues?: boolean | undefined;
  /** Waits as long as it takes, whatever the length of the queue. */
  readonly isPatient?: boolean | undefined;
}

/** So many transactions a terminal may issue from the oldest undecided one on (`messages.md` 3a): its PSAM can take back its last 64. */
export const MOST_UNDECIDED = 48;

/** What a terminal has issued and serves others after; running numbers, counted from 1. */
interface Issued {
  readonly last: number;
  /** In the order of their issue. */
  readonly undecided: readonly number[];
}

const NOTHING_ISSUED: Issued = { last: 0, undecided: [] };

interface Waiter {
  readonly wish: TerminalWish;
  readonly settle: (IDTERM: string | undefined) => void;
  readonly timer: Timer | undefined;
}

/**
 * The terminals of a payment server, built from the list of all valid identifiers ([0091]). A terminal serves one
 * transaction at a time; of those whom it suits, who waits longest is served first; the terminal that rested longest is
 * given out first.
 */
export class TerminalPool {
  readonly #free: string[];
  readonly #busy = new Set<string>();
  readonly #known: ReadonlySet<string>;
  readonly #issued = new Map<string, Issued>();
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

  /** A terminal for one transaction; `undefined` when none is free in time or ever will be. */
  acquire(wish: TerminalWish = {}): Promise<string | undefined> {
    if (this.#isClosed || wish.among?.some((IDTERM) => this.#known.has(IDTERM)) === false) {
      return Promise.resolve(undefined);
    }
    const IDTERM = this.#free.find((each) => this.#suits(each, wish));
    if (IDTERM !== undefined) {
      this.#take(IDTERM);
      return Promise.resolve(IDTERM);
    }
    const isFull = this.#waiters.length >= this.#options.queueLimit && wish.isPatient !== true;
    return isFull ? Promise.resolve(undefined) : this.#queue(wish);
  }

  /** Its transaction needs it no more. */
  release(IDTERM: string): void {
    if (!this.#busy.delete(IDTERM)) throw new PursebenchError("INTERNAL", `terminal ${IDTERM} was not in use`);
    this.#free.push(IDTERM);
    this.#serveNext(IDTERM);
  }

  /** As `release`, with something issued there that awaits its decision until the function returned is called. */
  releaseUndecided(IDTERM: string): () => void {
    const { last, undecided } = this.#issuedBy(IDTERM);
    const number = last + 1;
    this.#issued.set(IDTERM, { last: number, undecided: [...undecided, number] });
    this.release(IDTERM);
    return () => {
      const issued = this.#issuedBy(IDTERM);
      this.#issued.set(IDTERM, { ...issued, undecided: issued.undecided.filter((each) => each !== number) });
      if (this.#free.includes(IDTERM)) this.#serveNext(IDTERM);
    };
  }

  /** Turns away everybody who waits, now and later. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiters]) this.#settle(waiter, undefined);
  }

  #suits(IDTERM: string, { among, issues }: TerminalWish): boolean {
    if (among?.includes(IDTERM) === false) return false;
    const { last, undecided } = this.#issuedBy(IDTERM);
    const [oldest = last + 1] = undecided;
    return issues !== true || last + 1 - oldest < MOST_UNDECIDED;
  }

  #issuedBy(IDTERM: string): Issued {
    return this.#issued.get(IDTERM) ?? NOTHING_ISSUED;
  }

  #take(IDTERM: string): void {
    this.#free.splice(this.#free.indexOf(IDTERM), 1);
    this.#busy.add(IDTERM);
  }

  /** The free terminal goes to the longest waiting one that it suits. */
  #serveNext(IDTERM: string): void {
    const next = this.#waiters.find(({ wish }) => this.#suits(IDTERM, wish));
    if (next === undefined) return;
    this.#take(IDTERM);
    this.#settle(next, IDTERM);
  }

  #queue(wish: TerminalWish): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = wish.isPatient === true ? undefined : this.#options.clock.timer(this.#options.queueingMs);
      const waiter: Waiter = { wish, settle: resolve, timer };
      this.#waiters.push(waiter);
      void timer?.elapsed.then(() => this.#settle(waiter, undefined));
    });
  }

  #settle(waiter: Waiter, IDTERM: string | undefined): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    waiter.timer?.cancel();
    waiter.settle(IDTERM);
  }
}

function wrongList(what: string): PursebenchError {
  return new PursebenchError("USAGE", `the payment server's list of terminals: ${what}`, {
    mend: "list each terminal once, by its 8 hex digits",
  });
}
