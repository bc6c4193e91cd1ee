import type { Deadline } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { ByteInbox } from "../byte-inbox.ts";
import type { ByteStream } from "../contracts.ts";

/** Two ends of a line in process: what one writes the other hears in a later microtask, without timers. */
export function byteStreamPair(name = "in-process line"): [ByteStream, ByteStream] {
  const left = new MemoryStream(`${name}, left end`);
  const right = new MemoryStream(`${name}, right end`);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryStream implements ByteStream {
  readonly name: string;
  readonly closed: Promise<string>;
  readonly #inbox = new ByteInbox();
  #resolveClosed: (reason: string) => void = () => undefined;
  #isClosed = false;
  peer: MemoryStream | undefined;

  constructor(name: string) {
    this.name = name;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  async write(bytes: Uint8Array, _deadline: Deadline): Promise<void> {
    if (this.#isClosed) throw new PursebenchError("DEVICE_LOST", `${this.name} is closed`, { owner: "terminal" });
    const copy = bytes.slice();
    await Promise.resolve(); // the far end never runs inside the writer's call, as on a real line
    this.peer?.hear(copy);
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.#inbox.listen(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end("this end was closed");
    this.peer?.end("the far end closed the line");
  }

  hear(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#inbox.put(bytes);
  }

  end(reason: string): void {
    this.#isClosed = true;
    this.#resolveClosed(reason);
  }
}
