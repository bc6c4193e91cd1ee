/** A card interface at the far end of a pseudo terminal: the lines that such a terminal lacks are on a socket beside it. */
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { DisposalStack } from "../core/disposal.ts";
import { linesPath, serveModemSocket } from "../device/serial/modem-socket.ts";
import type { PhoenixSocket } from "../device/virtual/phoenix-pair.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";

/** `openPhoenix` of `path` is its near end. */
export interface SerialInterface extends AsyncDisposable {
  readonly path: string;
  readonly socket: PhoenixSocket;
  /** CTS: a card is in the interface. */
  setPresent(present: boolean): void;
}

export async function openSerialInterface(path: string): Promise<SerialInterface> {
  const opened = new DisposalStack();
  try {
    const line = opened.use(await openPseudoTerminal(path, undefined));
    const contacts = new Contacts();
    opened.use(await serveLines(linesPath(path), contacts));
    return {
      path,
      socket: {
        name: line.stream.name,
        closed: line.stream.closed,
        write: (bytes, deadline) => line.stream.write(bytes, deadline),
        onBytes: (listener) => line.stream.onBytes(listener),
        onReset: (listener) => contacts.onReset(listener),
        onPower: (listener) => contacts.onPower(listener),
        [Symbol.asyncDispose]: () => line.stream[Symbol.asyncDispose](),
      },
      setPresent: (present) => contacts.setPresent(present),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await opened[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** What the lines do to the card's contacts. */
class Contacts {
  isPresent = false;
  readonly tellers = new Set<() => void>();
  #reset: ((isLow: boolean) => void) | undefined;
  #power: ((isOn: boolean) => void) | undefined;
  #isLow = true;
  #hasPower = false;

  onReset(listener: (isLow: boolean) => void): () => void {
    this.#reset = listener;
    return () => {
      if (this.#reset === listener) this.#reset = undefined;
    };
  }

  onPower(listener: (isOn: boolean) => void): () => void {
    this.#power = listener;
    return () => {
      if (this.#power === listener) this.#power = undefined;
    };
  }

  setPresent(present: boolean): void {
    this.isPresent = present;
    for (const tell of this.tellers) tell();
  }

  set({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): void {
    const [hadPower, wasLow] = [this.#hasPower, this.#isLow];
    this.#hasPower = dtr;
    this.#isLow = rts;
    if (dtr !== hadPower) this.#power?.(dtr);
    if (rts !== wasLow) this.#reset?.(rts);
  }
}

async function serveLines(path: string, contacts: Contacts): Promise<AsyncDisposable> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    const tell = serveModemSocket(
      socket,
      () => contacts.isPresent,
      (lines) => contacts.set(lines),
    );
    contacts.tellers.add(tell);
    socket.once("close", () => {
      open.delete(socket);
      contacts.tellers.delete(tell);
      contacts.set({ dtr: false, rts: true }); // a port that was closed feeds nothing
    });
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(path, { force: true });
    },
  };
}
