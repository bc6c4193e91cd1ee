/** The reader's end of the vpcd protocol, over one socket. */
import type { Server, Socket } from "node:net";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { encodeVpcdFrame, VpcdAccumulator } from "../../protocol/vpcd/frame.ts";
import { encodeVpcdRequest, type VpcdRequest } from "../../protocol/vpcd/message.ts";

/** The longest response APDU. */
const RESPONSE_BOUND = 65535;

/** One card program. Answers come in the order of the questions. */
export class VpcdConnection {
  readonly #socket: Socket;
  readonly #accumulator = new VpcdAccumulator(RESPONSE_BOUND);
  readonly #waiting: ((answer: Uint8Array | null) => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#hear(new Uint8Array(bytes))); // slices of a Buffer are views
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#giveUp());
  }

  send(request: VpcdRequest): void {
    this.#socket.write(encodeVpcdFrame(encodeVpcdRequest(request)));
  }

  /** `null` when the program goes away first, or answers with nothing: a card that stays mute. */
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
      if (frame.kind === "message") this.#waiting.shift()?.(frame.message.length === 0 ? null : frame.message);
      else this.#socket.destroy();
    }
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }
}

/** Waits on 127.0.0.1 at `port`, 0 for a free one; resolves with the port. */
export function listenForCards(server: Server, port: number): Promise<number> {
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
