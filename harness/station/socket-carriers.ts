/** Servers on sockets of this machine: TLS on the cable and on link 236, HTTPS on 234, plain TCP on the LAN. */
import type { Clock } from "../core/clock.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Connector } from "../device/contracts.ts";
import { connectTcp } from "../device/network/connect.ts";
import { httpsServer } from "../device/network/https.ts";
import { httpsClient } from "../device/network/https-client.ts";
import { listenTcp, type ServerTls } from "../device/network/listen.ts";
import type { Carriers, Wire } from "./carriers.ts";

const HOST = "127.0.0.1";
/** LAN and HSM have frames with a length of two bytes (`messages.md`, section 5; `hsm-edge.md`, section 1), in clear. */
const SHORT_LENGTH_BYTES = 2;
const isShort = (wire: Wire) => wire === "LAN" || wire === "HSM";

export interface SocketParts {
  readonly clock: Clock;
  /** PEM certificate of the test CA that signed `tls`. */
  readonly ca: string;
  readonly tls: ServerTls;
  readonly onFailure: (thrown: unknown) => void;
}

export function socketCarriers({ clock, ca, tls, onFailure }: SocketParts): Carriers & AsyncDisposable {
  const http = httpsClient({ ca, clock });
  const sites = httpsServer(tls);
  const way = (wire: Wire, host: string, port: number): Connector =>
    connectTcp(isShort(wire) ? { host, port, lengthBytes: SHORT_LENGTH_BYTES } : { host, port, tls: { ca } }, clock);
  return {
    async serve(wire, serve, at) {
      const host = at?.host ?? HOST;
      const listener = await listenTcp({
        host,
        port: at?.port ?? 0,
        serve,
        clock,
        onFailure,
        ...(isShort(wire) ? { lengthBytes: SHORT_LENGTH_BYTES } : { tls }),
      });
      const port = portOf(listener.address);
      return {
        connector: way(wire, host, port),
        host,
        port,
        [Symbol.asyncDispose]: async () => await listener[Symbol.asyncDispose](),
      };
    },
    reach: (host, port) => way("236", host, port),
    async site(handler, at, options) {
      const port = at === undefined ? 0 : portOf(at);
      const listener = await sites.listen({ ...options, handler, host: HOST, port, onFailure });
      const origin = `https://${HOST}:${portOf(listener.address)}`;
      return { origin, [Symbol.asyncDispose]: async () => await listener[Symbol.asyncDispose]() };
    },
    http,
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await sites[Symbol.asyncDispose]();
    },
  };
}

/** Port of "127.0.0.1:41233" or "https://127.0.0.1:8443". */
function portOf(address: string): number {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  if (Number.isInteger(port)) return port;
  throw new PursebenchError("INTERNAL", `no port in the address ${address}`);
}
