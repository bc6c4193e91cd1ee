import type { Readable, Writable } from "node:stream";
import { type Deadline, within } from "../core/deadline.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { ByteInbox } from "../device/byte-inbox.ts";
import type { ByteStream } from "../device/contracts.ts";

/** The two pipes of a helper program as one byte stream. */
export class PipeStream implements ByteStream {
  readonly name: string;
  readonly closed: Promise<string>;
  readonly #input: Writable;
  readonly #output: Readable;
  readonly #inbox = new ByteInbox();

  constructor(name: string, input: Writable, output: Readable) {
    this.name = name;
    this.#input = input;
    this.#output = output;
    output.on("data", (bytes: Uint8Array) => this.#inbox.put(bytes));
    this.closed = new Promise((resolve) => {
      output.once("close", () => resolve(`${name} was closed`));
      output.on("error", (error) => resolve(messageOf(error)));
      input.on("error", (error) => resolve(messageOf(error)));
    });
  }

  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#input.write(bytes, (error) => (error ? reject(this.#lost(error)) : resolve()));
    });
    await within(deadline, written, { what: `writing to ${this.name}`, owner: "bench" });
  }

  /** Writes without waiting: for frames that the far end asked for, whose loss `closed` tells. */
  send(bytes: Uint8Array): void {
    if (this.#input.writable) this.#input.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.#inbox.listen(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.end();
    this.#output.destroy();
  }

  #lost(cause: unknown): PursebenchError {
    return new PursebenchError("DEVICE_LOST", `${this.name} is closed: ${messageOf(cause)}`, { cause });
  }
}
