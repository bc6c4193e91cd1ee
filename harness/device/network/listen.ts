import { createServer as createPlain, type Server, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";
import type { Clock } from "../../core/clock.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { Listener, ServeChannel } from "../contracts.ts";
import type { LengthBytes } from "./frame.ts";
import { SocketChannel } from "./socket-channel.ts";

export interface ServerTls {
  /** PEM certificate (chain) and key of the server. */
  readonly certificate: string;
  readonly key: string;
  /** PEM certificates of the CA of clients; when given, clients without a certificate of it are refused. */
  readonly clientCa?: string | undefined;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port; `address` of the listener names it. */
  readonly port: number;
  readonly tls?: ServerTls | undefined;
  /** 4 unless said otherwise; 2 on the LAN. */
  readonly lengthBytes?: LengthBytes | undefined;
  readonly serve: ServeChannel;
  readonly clock: Clock;
  /** What `serve` threw; there is nobody else to tell. */
  readonly onFailure?: ((thrown: unknown) => void) | undefined;
}

/** Serves every connection. `DEVICE_BUSY` when the port is in use; `USAGE` when host or port cannot be bound. */
export async function listenTcp(options: ListenOptions): Promise<Listener> {
  const attended = new Map<SocketChannel, Promise<void>>();
  const attend = (socket: Socket): void => {
    const channel = new SocketChannel(socket, peerName(socket), options.lengthBytes ?? 4, options.clock);
    attended.set(
      channel,
      serveOne(channel, options).finally(() => attended.delete(channel)),
    );
  };
  const server = options.tls ? createTls(tlsOptions(options.tls), attend) : createPlain(attend);
  const pending = new Set<Socket>(); // also those in the middle of a TLS handshake, which nothing else would close
  server.on("connection", (socket: Socket) => {
    pending.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => pending.delete(socket));
  });
  await bound(server, options);
  return {
    address: addressOf(server),
    async [Symbol.asyncDispose](): Promise<void> {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      const served = [...attended.values()];
      await Promise.all([...attended.keys()].map((channel) => channel[Symbol.asyncDispose]()));
      for (const socket of pending) socket.destroy();
      await Promise.all([stopped, ...served]);
    },
  };
}

async function serveOne(channel: SocketChannel, options: ListenOptions): Promise<void> {
  try {
    await options.serve(channel);
  } catch (thrown) {
    options.onFailure?.(thrown);
  } finally {
    await channel[Symbol.asyncDispose]();
  }
}

function tlsOptions(tls: ServerTls): Parameters<typeof createTls>[0] {
  const own = { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" } as const;
  return tls.clientCa === undefined ? own : { ...own, ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
}

function bound(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotBind(`${host}:${port}`, error)));
    server.listen({ host, port }, resolve);
  });
}

function cannotBind(address: string, error: Error): PursebenchError {
  if ("code" in error && error.code === "EADDRINUSE") {
    return new PursebenchError("DEVICE_BUSY", `${address} is in use by another program`, {
      mend: "end that program, or name another port (0 takes a free one) in the bench description",
      cause: error,
    });
  }
  return new PursebenchError("USAGE", `cannot listen at ${address}: ${messageOf(error)}`, {
    mend: "name an address of this machine and a port above 1023",
    cause: error,
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return address ?? "";
  return address.family === "IPv6" ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

function peerName(socket: Socket): string {
  return `${socket.remoteAddress ?? "a peer"}:${socket.remotePort ?? 0}`;
}
