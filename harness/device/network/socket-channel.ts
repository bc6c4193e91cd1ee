import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { Lifetime } from "../../core/lifetime.ts";
import type { MessageChannel } from "../contracts.ts";
import { MessageQueue } from "../message-queue.ts";
import { encodeMessageFrame, type LengthBytes, MESSAGE_BOUND, MessageAccumulator } from "./frame.ts";

/** Messages, and bytes in them, that may wait for a slow receiver before the socket is told to stop reading. */
const WAITING_BOUND = 64;
const WAITING_BYTES = 4 * MESSAGE_BOUND;
/** Time that a peer has to take the last bytes when we close. */
const CLOSING_MS = 1000;

/** Whole messages over one TCP or TLS connection. Real time passes here: not for a bench with a virtual clock. */
export class SocketChannel implements MessageChannel {
  readonly #socket: Socket;
  readonly #peer: string;
  readonly #lengthBytes: LengthBytes;
  readonly #clock: Clock;
  readonly #queue = new MessageQueue();
  readonly #accumulator: MessageAccumulator;
  readonly #life = new Lifetime();
  readonly #gone: Promise<void>;
  #isClosed = false;

  constructor(socket: Socket, peer: string, lengthBytes: LengthBytes, clock: Clock) {
    this.#socket = socket;
    this.#peer = peer;
    this.#lengthBytes = lengthBytes;
    this.#clock = clock;
    this.#accumulator = new MessageAccumulator(lengthBytes);
    socket.setNoDelay(true);
    socket.on("data", (bytes: Uint8Array) => this.#hear(bytes));
    socket.on("end", () => this.#hangUp());
    socket.on("error", (error) => this.#queue.end(this.#lost(error)));
    this.#gone = new Promise((resolve) => {
      socket.once("close", () => {
        this.#hangUp();
        this.#life.end(this.#lost());
        resolve();
      });
    });
  }

  /** Resolves when the bytes are with the operating system. `DEVICE_LOST` when the connection is gone. */
  async send(message: Uint8Array): Promise<void> {
    const frame = encodeMessageFrame(message, this.#lengthBytes);
    if (this.#isClosed || !this.#socket.writable) throw this.#lost();
    const written = new Promise<void>((resolve, reject) => {
      this.#socket.write(frame, (error) => (error ? reject(this.#lost(error)) : resolve()));
    });
    await this.#life.during(written); // a connection that is destroyed with bytes in its queue need not call back
  }

  /** `PROTOCOL` after a message above the bound or a connection that ended inside a message. */
  async receive(deadline: Deadline): Promise<Uint8Array | null> {
    const message = await this.#queue.take(deadline, this.#peer);
    if (!this.#isFull()) this.#socket.resume();
    return message;
  }

  /** Sends what is still to be sent, then closes. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#queue.end();
    this.#socket.resume(); // bytes that nobody will receive must not hold the close back
    this.#socket.end();
    const who = { what: this.#peer, owner: "server" } as const;
    // a peer that does not take the rest is cut off
    await within(deadlineIn(this.#clock, CLOSING_MS), this.#gone, who).catch(() => this.#socket.destroy());
  }

  #hear(bytes: Uint8Array): void {
    for (const frame of this.#accumulator.push(new Uint8Array(bytes))) {
      if (frame.kind === "message") this.#queue.put(frame.message);
      else this.#refuse(`announced a message of ${frame.announced} bytes`);
    }
    if (this.#isFull()) this.#socket.pause();
  }

  #isFull(): boolean {
    return this.#queue.length >= WAITING_BOUND || this.#queue.bytes >= WAITING_BYTES;
  }

  #hangUp(): void {
    if (this.#accumulator.isPartial) this.#refuse("ended the connection inside a message");
    else this.#queue.end();
  }

  #refuse(what: string): void {
    this.#queue.end(new PursebenchError("PROTOCOL", `${this.#peer} ${what}`, { owner: "server" }));
    this.#socket.destroy();
  }

  #lost(cause?: unknown): PursebenchError {
    const reason = cause === undefined ? "is closed" : `broke: ${messageOf(cause)}`;
    return new PursebenchError("DEVICE_LOST", `the connection with ${this.#peer} ${reason}`, {
      owner: "server",
      cause,
    });
  }
}
