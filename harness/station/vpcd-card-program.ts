/** A card of the harness as a program that speaks vpcd to somebody else's reader (`pursebench card serve`). */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import { messageOf, PursebenchError, unreachable } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import { encodeVpcdFrame, VpcdAccumulator } from "../protocol/vpcd/frame.ts";
import { decodeVpcdRequest } from "../protocol/vpcd/message.ts";
import { simulatedCard } from "./cards.ts";
import { testKeys } from "./fixtures.ts";

export interface CardProgram extends AsyncDisposable {
  /** Resolves when the reader has closed the connection. */
  readonly ended: Promise<void>;
}

/** Connects to the reader at `host`:`port` and plays a card of `kind` there. `SERVICE_ABSENT` when nobody listens. */
export async function serveCardOverVpcd(
  host: string,
  port: number,
  kind: SimulatedCardKind,
  random: Random,
): Promise<CardProgram> {
  const answer = answerer(simulatedCard(kind, { keys: testKeys(), random }));
  const socket = await opened(host, port);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => socket.destroy());
  const frames = new VpcdAccumulator();
  let last = Promise.resolve();
  socket.on("data", (bytes: Buffer) => {
    for (const frame of frames.push(bytes)) {
      if (frame.kind === "oversized") return void socket.destroy();
      last = last.then(() => reply(socket, answer, frame.message)).catch(() => void socket.destroy());
    }
  });
  return {
    ended,
    async [Symbol.asyncDispose](): Promise<void> {
      socket.destroy();
      await ended;
    },
  };
}

type Answer = (message: Uint8Array) => Promise<Uint8Array | undefined>;

async function reply(socket: Socket, answer: Answer, message: Uint8Array): Promise<void> {
  const response = await answer(message);
  if (response && !socket.destroyed) socket.write(encodeVpcdFrame(response));
}

/** What the card says to each request; undefined where the protocol wants no answer. A mute card answers with nothing. */
function answerer(card: VirtualCard): Answer {
  let atr: Uint8Array | null = null;
  return async (message) => {
    const request = decodeVpcdRequest(message);
    switch (request.kind) {
      case "power-off":
        card.powerOff?.();
        return undefined;
      case "power-on":
        atr = await card.powerOn();
        return undefined;
      case "reset":
        atr = await card.reset();
        return undefined;
      case "atr":
        return atr ?? new Uint8Array(0);
      case "apdu":
        return (await card.transmit(request.command)) ?? new Uint8Array(0);
      case "unrecognised":
        return undefined;
      default:
        return unreachable(request);
    }
  };
}

async function opened(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect");
    return socket;
  } catch (cause) {
    throw new PursebenchError("SERVICE_ABSENT", `no reader answers at ${host}:${port}: ${messageOf(cause)}`, {
      mend: "start the reader first: it listens, the card connects",
      cause,
    });
  }
}
