import { concat } from "../core/bytes.ts";

/** Bytes kept while nobody listens; when they would be more, the oldest go. 64 KiB is a minute at 9600 baud. */
const BOUND = 64 * 1024;

/** Delivers arriving bytes to one consumer at a time, and keeps what arrives while there is none. */
export class ByteInbox {
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #kept: Uint8Array = new Uint8Array(0);

  put(bytes: Uint8Array): void {
    if (this.#listener) this.#listener(bytes);
    else this.#kept = concat(this.#kept, bytes).slice(-BOUND);
  }

  /** Replaces the consumer; what was kept is delivered at once. The undo of a replaced consumer does nothing. */
  listen(listener: (bytes: Uint8Array) => void): () => void {
    this.#listener = listener;
    const kept = this.#kept;
    this.#kept = new Uint8Array(0);
    if (kept.length > 0) listener(kept);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
