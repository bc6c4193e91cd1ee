import type { SerialPort } from "serialport";
import type { Clock } from "../../core/clock.ts";
import { type Deadline, deadlineIn, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { ByteInbox } from "../byte-inbox.ts";
import type { ByteStream } from "../contracts.ts";
import type { ModemLines } from "./serial-card-port.ts";
import { serialError } from "./serial-error.ts";

/** Time that the driver has to let go of the line; a line with flow control held low may never send its rest. */
const CLOSING_MS = 2000;

/** An open serial line. */
export class SerialStream implements ByteStream {
  readonly name: string;
  readonly closed: Promise<string>;
  readonly #port: SerialPort;
  readonly #clock: Clock;
  readonly #inbox = new ByteInbox();

  constructor(port: SerialPort, name: string, clock: Clock) {
    this.#port = port;
    this.name = name;
    this.#clock = clock;
    port.on("data", (bytes: Uint8Array) => this.#inbox.put(new Uint8Array(bytes)));
    let failure: string | undefined;
    port.on("error", (error) => {
      failure = messageOf(error);
    });
    this.closed = new Promise((resolve) => {
      port.once("close", (error: unknown) => resolve(error ? messageOf(error) : (failure ?? "this end was closed")));
    });
  }

  /** Resolves when the driver has sent the last byte. */
  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    if (!this.#port.isOpen) throw new PursebenchError("DEVICE_LOST", `${this.name} is closed`, { owner: "terminal" });
    const sent = new Promise<void>((resolve, reject) => {
      this.#port.write(Buffer.from(bytes), (error) => error && reject(error));
      this.#port.drain((error) => (error ? reject(error) : resolve()));
    });
    try {
      await within(deadline, sent, { what: `writing to ${this.name}`, owner: "terminal" });
    } catch (thrown) {
      throw thrown instanceof PursebenchError ? thrown : serialError(this.#port.path, thrown);
    }
  }

  /** The modem lines of this port; a pseudo terminal has none, and refuses. */
  get lines(): ModemLines {
    const port = this.#port;
    return {
      set: ({ dtr, rts }) =>
        new Promise((resolve, reject) => {
          port.set({ dtr, rts }, (error) => (error ? reject(serialError(port.path, error)) : resolve()));
        }),
      get: () =>
        new Promise((resolve, reject) => {
          port.get((error, status) => {
            if (error || !status) reject(serialError(port.path, error ?? "it does not tell its modem lines"));
            else resolve({ cts: status.cts, dsr: status.dsr, dcd: status.dcd });
          });
        }),
    };
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.#inbox.listen(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#port.isOpen) return;
    this.#port.close();
    const who = { what: `closing ${this.name}`, owner: "bench" } as const;
    // the process ends soon; a driver that does not let go is told by whoever opens the line next
    await within(deadlineIn(this.#clock, CLOSING_MS), this.closed, who).catch(messageOf);
  }
}
