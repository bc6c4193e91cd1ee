/** Servers in one process: function calls instead of sockets. */
import { PursebenchError } from "../core/errors.ts";
import type { Connector } from "../device/contracts.ts";
import { memoryHttp } from "../device/network/memory-http.ts";
import { inProcessEndpoint } from "../device/virtual/in-process-endpoint.ts";
import type { HttpHandler } from "../link/exchange.ts";
import type { Carriers } from "./carriers.ts";

/** Addresses are names here; the ones that the bench description gives, or made up. */
export function inProcessCarriers(): Carriers {
  const servers = new Map<string, Connector>();
  const sites = new Map<string, HttpHandler>();
  let made = 0;
  return {
    async serve(wire, serve, at) {
      const host = at?.host ?? `${wire.toLowerCase()}.test`;
      const port = at?.port || ++made;
      const endpoint = inProcessEndpoint(serve, { name: `${host}:${port}` });
      servers.set(`${host}:${port}`, endpoint);
      return {
        connector: endpoint,
        host,
        port,
        async [Symbol.asyncDispose]() {
          await endpoint[Symbol.asyncDispose]();
        },
      };
    },
    reach: (host, port) => ({
      connect: async (deadline) => {
        const endpoint = servers.get(`${host}:${port}`);
        if (!endpoint) throw nobody(`${host}:${port}`);
        return await endpoint.connect(deadline);
      },
    }),
    async site(handler, at) {
      const origin = at ?? `https://merchant-${++made}.test`;
      sites.set(origin, handler);
      return {
        origin,
        async [Symbol.asyncDispose]() {
          sites.delete(origin);
        },
      };
    },
    http: memoryHttp(sites),
  };
}

function nobody(address: string): PursebenchError {
  return new PursebenchError("SERVICE_ABSENT", `nobody is at ${address}`, {
    owner: "server",
    mend: "check the address on the merchant's page and in the bench description",
  });
}
