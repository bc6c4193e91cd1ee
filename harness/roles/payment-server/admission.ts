import type { TransactionThread } from "./thread.ts";

/**
 * Who may talk to the server, so that connections that say nothing keep nobody from service: when all places are taken,
 * the channel that has been silent longest goes; where every channel has spoken, the new one finds no place.
 */
export class Admission {
  readonly #threads = new Map<TransactionThread, Promise<void>>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Every thread at work, and its end. */
  get threads(): ReadonlyMap<TransactionThread, Promise<void>> {
    return this.#threads;
  }

  /** Runs the thread to its end; false, without having run it, when there is no place. */
  async run(thread: TransactionThread): Promise<boolean> {
    if (this.#threads.size >= this.#most && !this.#makeRoom()) return false;
    const running = thread.run().finally(() => this.#threads.delete(thread));
    this.#threads.set(thread, running);
    await running;
    return true;
  }

  #makeRoom(): boolean {
    const silent = [...this.#threads.keys()].find(({ hasSpoken }) => !hasSpoken);
    if (silent === undefined) return false;
    this.#threads.delete(silent);
    silent.stop();
    return true;
  }
}
