/** A thread of a server: one for each channel, as long as its transaction lives. */
export interface ServerThread {
  /** A message has come. */
  readonly hasSpoken: boolean;
  /** Resolves when the transaction has ended or the thread was stopped. */
  run(): Promise<void>;
  /** Ends it where it is, as a crash would. */
  stop(): void;
}

/**
 * Who may talk to the server, so that connections that say nothing keep nobody from service: when all places are taken,
 * the channel that has been silent longest goes; where every channel has spoken, the new one finds no place.
 */
export class Admission<Thread extends ServerThread = ServerThread> {
  readonly #threads = new Map<Thread, Promise<void>>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Every thread at work, and its end. */
  get threads(): ReadonlyMap<Thread, Promise<void>> {
    return this.#threads;
  }

  /** Runs the thread to its end; false, without having run it, when there is no place. */
  async run(thread: Thread): Promise<boolean> {
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
