import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../../core/clock.ts";
import { type Deadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { Connector, MessageChannel } from "../contracts.ts";
import type { LengthBytes } from "./frame.ts";
import { SocketChannel } from "./socket-channel.ts";

export interface ClientTls {
  /** PEM certificates of the CA that signed the server's; only these are trusted. */
  readonly ca: string;
  /** Name that the server's certificate must carry; by default the host. */
  readonly serverName?: string | undefined;
  /** PEM certificate and key of the client, where the server asks for one. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

export interface TcpPeer {
  readonly host: string;
  readonly port: number;
  readonly tls?: ClientTls | undefined;
  /** 4 unless said otherwise; 2 on the LAN. */
  readonly lengthBytes?: LengthBytes | undefined;
}

/** Opens message channels to a server. `clock` bounds how long closing waits for a slow peer. */
export function connectTcp(peer: TcpPeer, clock: Clock): Connector {
  const name = `${peer.host}:${peer.port}`;
  return {
    async connect(deadline: Deadline): Promise<MessageChannel> {
      const socket = peer.tls ? openTls(peer, peer.tls) : connectPlain({ host: peer.host, port: peer.port });
      try {
        await within(deadline, opened(socket, peer.tls ? "secureConnect" : "connect"), {
          what: `connecting to ${name}`,
          owner: "server",
        });
      } catch (thrown) {
        socket.destroy();
        throw thrown instanceof PursebenchError ? thrown : refused(name, thrown);
      }
      return new SocketChannel(socket, name, peer.lengthBytes ?? 4, clock);
    },
  };
}

function openTls(peer: TcpPeer, tls: ClientTls): Socket {
  return connectTls({
    host: peer.host,
    port: peer.port,
    ca: tls.ca,
    minVersion: "TLSv1.2",
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  });
}

function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.removeListener("error", reject);
      resolve();
    });
    socket.once("error", reject);
  });
}

function refused(name: string, thrown: unknown): PursebenchError {
  return new PursebenchError("SERVICE_ABSENT", `no connection to ${name}: ${messageOf(thrown)}`, {
    owner: "server",
    mend: "start the server, or correct its address, port and CA in the bench description",
    cause: thrown,
  });
}
