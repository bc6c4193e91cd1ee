/** A program that plays a card over the vpcd protocol. It connects to us; the card is in the slot while it is connected. */
import { createServer, type Server, type Socket } from "node:net";
import { z } from "zod";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { encodeVpcdFrame, VpcdAccumulator } from "../../protocol/vpcd/frame.ts";
import { encodeVpcdRequest, type VpcdRequest } from "../../protocol/vpcd/message.ts";
import type { CardSpec, Occupant, SlotHand } from "./card-kind.ts";

const vpcdSpec = z.object({ port: z.number().int().min(0).max(65535) });
/** The longest response APDU. */
const RESPONSE_BOUND = 65535;

/** Listens on 127.0.0.1 at `spec.port` (0 takes a free one, told in `details.port`) for one card program at a time. */
export async function vpcdCard(spec: CardSpec, slot: SlotHand): Promise<Occupant> {
  const parsed = vpcdSpec.safeParse(spec);
  if (!parsed.success) {
    throw new PursebenchError("USAGE", "a card of kind vpcd needs port, 0 to 65535", {
      mend: 'e.g. {"kind":"vpcd","port":35963}',
    });
  }
  let current: Socket | undefined;
  const server = createServer((socket) => {
    if (current) {
      socket.destroy(); // one card fits the slot
      return;
    }
    current = socket;
    socket.once("close", () => {
      current = undefined;
      slot.remove();
    });
    void present(new VpcdConnection(socket), slot);
  });
  const port = await listen(server, parsed.data.port);
  return {
    details: { port },
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      current?.destroy();
      await closed;
      slot.remove();
    },
  };
}

/** The answer to reset is asked for before the card counts as inserted, so that a silent program is no card. */
async function present(connection: VpcdConnection, slot: SlotHand): Promise<void> {
  connection.send({ kind: "power-on" });
  const atr = await connection.ask({ kind: "atr" });
  if (atr !== null) slot.insert(connection.card());
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new PursebenchError("DEVICE_BUSY", `cannot wait for a vpcd card on port ${port}: ${messageOf(error)}`, {
          mend: "name another port, or 0 for a free one",
          cause: error,
        }),
      );
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** One card program. Answers come in the order of the questions. */
class VpcdConnection {
  readonly #socket: Socket;
  readonly #accumulator = new VpcdAccumulator(RESPONSE_BOUND);
  readonly #waiting: ((answer: Uint8Array | null) => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Uint8Array) => this.#hear(bytes));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#giveUp());
  }

  send(request: VpcdRequest): void {
    this.#socket.write(encodeVpcdFrame(encodeVpcdRequest(request)));
  }

  /** `null` when the program goes away first. */
  ask(request: VpcdRequest): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(null);
      this.#waiting.push(resolve);
      this.send(request);
    });
  }

  card(): VirtualCard {
    const resetBy = (kind: "power-on" | "reset") => (): Promise<Uint8Array | null> => {
      this.send({ kind });
      return this.ask({ kind: "atr" });
    };
    return {
      powerOn: resetBy("power-on"),
      reset: resetBy("reset"),
      powerOff: () => this.send({ kind: "power-off" }),
      transmit: (command) => this.ask({ kind: "apdu", command }),
    };
  }

  #hear(bytes: Uint8Array): void {
    for (const frame of this.#accumulator.push(bytes)) {
      if (frame.kind === "message") this.#waiting.shift()?.(frame.message);
      else this.#socket.destroy();
    }
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }
}
