/**
 * The far end of the lab's terminal line. The emulator of the lab sits there; while a program is connected to the plug,
 * that program does: bytes of the line go to it and come from it unchanged.
 */
import { chmod } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { type Deadline, within } from "../core/deadline.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { ByteStream } from "../device/contracts.ts";
import { PipeStream } from "./pipe-stream.ts";
import type { TerminalEmulator } from "./terminal-emulator.ts";

/** What a guest hears first: from here on the line is its own. Until then the resident may answer. */
const PLUGGED = Uint8Array.of(0x06);

/** Serves the plug at `path` for `line`; `resident` answers while nobody is plugged in. */
export async function serveTerminalPlug(
  path: string,
  line: PipeStream,
  resident: TerminalEmulator,
): Promise<AsyncDisposable> {
  let attached = resident.attach(line);
  let guest: Socket | undefined;
  const waiting: Socket[] = [];
  const admit = (socket: Socket): void => {
    guest = socket;
    const resting = attached[Symbol.asyncDispose]();
    const undo = line.onBytes((bytes) => socket.write(bytes));
    socket.on("data", (bytes: Uint8Array) => line.send(bytes));
    socket.write(PLUGGED);
    socket.once("close", () => {
      undo();
      guest = undefined;
      const next = waiting.shift();
      if (next) return admit(next);
      void resting.then(() => {
        if (!guest) attached = resident.attach(line);
      });
    });
  };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    if (!guest) return admit(socket);
    // one terminal at a time: the next one comes when the last has gone, which may be under way
    waiting.push(socket);
    socket.once("close", () => {
      const place = waiting.indexOf(socket);
      if (place >= 0) waiting.splice(place, 1);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      server.close();
      for (const socket of [...waiting, ...(guest ? [guest] : [])]) socket.destroy();
      await attached[Symbol.asyncDispose]();
    },
  };
}

/** Plugs a terminal of one's own into the line. Disposing the stream unplugs it. `SERVICE_ABSENT` when there is no lab. */
export async function plugTerminal(path: string, deadline: Deadline): Promise<ByteStream> {
  const socket = connect(path);
  const opened = new Promise<void>((resolve, reject) => {
    socket.on("readable", () => socket.read(PLUGGED.length) !== null && resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("it was closed")));
  });
  try {
    await within(deadline, opened, { what: `the terminal plug at ${path}`, owner: "bench" });
  } catch (thrown) {
    socket.destroy();
    throw new PursebenchError("SERVICE_ABSENT", `no virtual lab answers at ${path}: ${messageOf(thrown)}`, {
      mend: "start it with `pursebench lab up`",
      cause: thrown,
    });
  }
  socket.removeAllListeners("readable");
  return new PipeStream("terminal plug", socket, socket);
}
