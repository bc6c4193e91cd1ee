import { type Deadline, within } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";

/**
 * Messages waiting for their reader, in order, and then the end: `null` after a clean close, an error after another.
 * Shared by every `MessageChannel`. Uses no timer but the deadline of `take`.
 */
export class MessageQueue {
  readonly #messages: Uint8Array[] = [];
  #end: { readonly error?: PursebenchError } | undefined;
  #waiting: (() => void) | undefined;

  /** How many messages wait. */
  get length(): number {
    return this.#messages.length;
  }

  /** How many bytes they have together. */
  get bytes(): number {
    return this.#messages.reduce((sum, { length }) => sum + length, 0);
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  put(message: Uint8Array): void {
    if (this.#end) return;
    this.#messages.push(message);
    this.#wake();
  }

  /** No more messages come; those that wait are still delivered. Only the first end counts. */
  end(error?: PursebenchError): void {
    this.#end ??= error ? { error } : {};
    this.#wake();
  }

  /** The next message, or `null` at the end. `DEVICE_SILENT` past the deadline; `INTERNAL` for a second taker at once. */
  async take(deadline: Deadline, who: string): Promise<Uint8Array | null> {
    if (this.#waiting) throw new PursebenchError("INTERNAL", `${who}: two receivers at once`);
    if (this.#messages.length === 0 && !this.#end) {
      const news = new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      try {
        await within(deadline, news, { what: who, owner: "server" });
      } finally {
        this.#waiting = undefined;
      }
    }
    const next = this.#messages.shift();
    if (next) return next;
    if (this.#end?.error) throw this.#end.error;
    return null;
  }

  #wake(): void {
    this.#waiting?.();
  }
}
