/**
 * Time as an argument. `monotonicMs` orders events and measures; `wall` is what a calendar says.
 * Every wait in pursebench is a `Clock.timer`, so that the in-process bench can run on virtual time.
 */
export interface Timer {
  /** Resolves when the time is up; never resolves after `cancel`. */
  readonly elapsed: Promise<void>;
  cancel(): void;
}

export interface Clock {
  /** Milliseconds with fraction since an arbitrary start; never goes back. */
  monotonicMs(): number;
  wall(): Date;
  timer(milliseconds: number): Timer;
  /** Work is outside of the process (disk, network, device): virtual time must not pass until it is done. */
  hold<T>(work: Promise<T>): Promise<T>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wall: () => new Date(),
  timer(milliseconds) {
    let handle: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      handle = setTimeout(resolve, Math.max(0, milliseconds));
    });
    return { elapsed, cancel: () => clearTimeout(handle) };
  },
  hold: (work) => work,
};

/**
 * A clock for benches that live in one process: time stands still while anything is runnable and jumps to the next
 * timer when nothing is. "Nothing runnable" is one whole turn of the event loop in which only timers are left, which
 * holds as long as all real I/O goes through `hold`.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #holds = 0;
  #turn: NodeJS.Immediate | undefined;
  readonly #startMs: number;
  readonly #timers = new Set<{ dueMs: number; fire: () => void }>();

  constructor(start: Date) {
    this.#startMs = start.getTime();
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wall(): Date {
    return new Date(this.#startMs + this.#nowMs);
  }

  timer(milliseconds: number): Timer {
    let entry: { dueMs: number; fire: () => void } | undefined;
    const elapsed = new Promise<void>((resolve) => {
      entry = { dueMs: this.#nowMs + Math.max(0, milliseconds), fire: resolve };
      this.#timers.add(entry);
    });
    this.#arm();
    return {
      elapsed,
      cancel: () => {
        if (entry) this.#timers.delete(entry);
      },
    };
  }

  async hold<T>(work: Promise<T>): Promise<T> {
    this.#holds++;
    try {
      return await work;
    } finally {
      this.#holds--;
      this.#arm();
    }
  }

  /** Moves time forward by hand, as if that long had passed. */
  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
    this.#arm();
  }

  #arm(): void {
    if (this.#turn || this.#holds > 0 || this.#timers.size === 0) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#fireNext();
    });
  }

  #fireNext(): void {
    if (this.#holds > 0 || this.#timers.size === 0) return;
    let next: { dueMs: number; fire: () => void } | undefined;
    for (const timer of this.#timers) if (!next || timer.dueMs < next.dueMs) next = timer;
    if (!next) return;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.fire();
    this.#arm();
  }
}
