import { chmod } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import type { CardTear } from "../../core/card-tear.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { ReaderDefect } from "../../core/reader-defect.ts";
import { onLines, parseLine } from "./lines.ts";
import { type LabEvent, type LabRequest, type LabResponse, labRequest, type SlotReport } from "./messages.ts";

/** What the control socket can do to the lab. */
export interface LabHands {
  slots(): SlotReport[];
  insert(slot: number, card: Extract<LabRequest, { command: "insert" }>["card"]): Promise<void>;
  exchange(slot: number, card: Extract<LabRequest, { command: "exchange" }>["card"]): Promise<void>;
  remove(slot: number): Promise<void>;
  pull(slot: number): Promise<void>;
  push(slot: number): Promise<void>;
  noticed(slot: number): void;
  tear(slot: number, tear: CardTear | undefined): void;
  readerDefect(defect: ReaderDefect | undefined): void;
  shutdown(): void;
}

/** Serves the control socket. */
export interface ControlServer {
  tell(event: LabEvent): void;
  /** No new connections; those that are open stay until the process ends, which is how clients learn of the end. */
  stop(): Promise<void>;
}

export async function serveControl(path: string, hands: LabHands): Promise<ControlServer> {
  const subscribers = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("close", () => subscribers.delete(socket));
    onLines(socket, (line) => void answer(socket, line));
  });
  async function answer(socket: Socket, line: string): Promise<void> {
    const request = labRequest.safeParse(parseLine(line));
    if (!request.success) return send(socket, refusal(0, new PursebenchError("PROTOCOL", "not a request of the lab")));
    if (request.data.command === "subscribe") subscribers.add(socket);
    send(socket, await perform(request.data, hands));
    if (request.data.command === "shutdown") hands.shutdown();
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    tell: (event) => {
      for (const socket of subscribers) send(socket, event);
    },
    stop: async () => {
      server.close();
    },
  };
}

async function perform(request: LabRequest, hands: LabHands): Promise<LabResponse> {
  try {
    if (request.command === "insert") await hands.insert(request.slot, request.card);
    if (request.command === "exchange") await hands.exchange(request.slot, request.card);
    if (request.command === "remove") await hands.remove(request.slot);
    if (request.command === "pull") await hands.pull(request.slot);
    if (request.command === "push") await hands.push(request.slot);
    if (request.command === "noticed") hands.noticed(request.slot);
    if (request.command === "tear") hands.tear(request.slot, request.tear ?? undefined);
    if (request.command === "reader-defect") hands.readerDefect(request.defect ?? undefined);
    return { id: request.id, ok: true, slots: hands.slots() };
  } catch (thrown) {
    return refusal(request.id, thrown);
  }
}

function refusal(id: number, thrown: unknown): LabResponse {
  const known = thrown instanceof PursebenchError ? thrown : new PursebenchError("INTERNAL", messageOf(thrown));
  const mend = known.mend === undefined ? {} : { mend: known.mend };
  return { id, ok: false, code: known.code, message: known.message, ...mend };
}

function send(socket: Socket, value: LabResponse | LabEvent): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}
