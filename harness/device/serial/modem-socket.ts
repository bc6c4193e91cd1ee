/**
 * Modem lines of a pseudo terminal, which has none of its own: on a unix socket beside it, `<path>.lines`. Whoever plays the far end
 * serves it. One byte a message: from this end 40 with DTR (bit 1) and RTS (bit 2), answered by 80 with CTS (bit 1); C0 with CTS is news.
 */
import { stat } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { type Deadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { Lifetime } from "../../core/lifetime.ts";
import type { ModemLines } from "./serial-card-port.ts";

const SET = 0x40;
const DONE = 0x80;
const NEWS = 0xc0;
const KIND = 0xc0;

/** Where the modem lines of the pseudo terminal at `path` are. */
export function linesPath(path: string): string {
  return `${path}.lines`;
}

/** The lines beside `path`; undefined where there is no such socket, as on a real port. `SERVICE_ABSENT` when nobody serves it. */
export async function openModemSocket(path: string, deadline: Deadline): Promise<ModemSocket | undefined> {
  const found = await stat(linesPath(path)).catch(() => undefined);
  if (!found?.isSocket()) return undefined;
  const socket = connect(linesPath(path));
  const opened = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  try {
    await within(deadline, opened, { what: linesPath(path), owner: "bench" });
  } catch (thrown) {
    socket.destroy();
    throw new PursebenchError("SERVICE_ABSENT", `nobody serves ${linesPath(path)}: ${messageOf(thrown)}`, {
      mend: "start whoever plays the card on this line",
      cause: thrown,
    });
  }
  return new ModemSocket(socket, linesPath(path));
}

export class ModemSocket implements ModemLines, AsyncDisposable {
  readonly #socket: Socket;
  readonly #life = new Lifetime();
  readonly #waiting: (() => void)[] = [];
  #cts = false;

  constructor(socket: Socket, path: string) {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#life.end(new PursebenchError("DEVICE_LOST", `${path} was closed`)));
    socket.on("data", (bytes: Uint8Array) => this.#hear(bytes));
  }

  async set({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): Promise<void> {
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#socket.write(Uint8Array.of(SET | (dtr ? 1 : 0) | (rts ? 2 : 0)));
    await this.#life.during(done);
  }

  async get(): Promise<{ readonly cts: boolean; readonly dsr: boolean; readonly dcd: boolean }> {
    await this.#life.during(Promise.resolve());
    return { cts: this.#cts, dsr: false, dcd: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #hear(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#cts = (byte & 1) !== 0;
      if ((byte & KIND) === DONE) this.#waiting.shift()?.();
    }
  }
}

/** The far end of the lines on one connection: `onSet` hears each change; the result tells CTS. */
export function serveModemSocket(
  socket: Socket,
  cts: () => boolean,
  onSet: (lines: { readonly dtr: boolean; readonly rts: boolean }) => void,
): () => void {
  const tell = (kind: number): void => {
    if (socket.writable) socket.write(Uint8Array.of(kind | (cts() ? 1 : 0)));
  };
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Uint8Array) => {
    for (const byte of bytes) {
      if ((byte & KIND) !== SET) {
        socket.destroy();
        return;
      }
      onSet({ dtr: (byte & 1) !== 0, rts: (byte & 2) !== 0 });
      tell(DONE);
    }
  });
  tell(NEWS);
  return () => tell(NEWS);
}
