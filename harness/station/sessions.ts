import type { MessageChannel, ServeChannel } from "../device/contracts.ts";

/** Knows when a server has nothing left to do, so that a purchase can be observed to its very end. */
export class Sessions {
  readonly #running = new Set<Promise<void>>();
  readonly #onFailure: (thrown: unknown) => void;

  constructor(onFailure: (thrown: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** The same server, watched. */
  watch(serve: ServeChannel): ServeChannel {
    return (channel: MessageChannel) => {
      const session = serve(channel)
        .catch(this.#onFailure)
        .finally(() => this.#running.delete(session));
      this.#running.add(session);
      return session;
    };
  }

  /** Resolves when no session is running, new ones that start meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
