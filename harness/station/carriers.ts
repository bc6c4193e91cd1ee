/** How the servers of a system are reached: in process, or over sockets. Chosen once, from the bench description. */
import type { Connector, ServeChannel } from "../device/contracts.ts";
import type { HttpClient, HttpHandler } from "../link/exchange.ts";

/** A server that is up. Disposing it breaks what is open, as a crash would. */
export interface Reachable extends AsyncDisposable {
  readonly connector: Connector;
  readonly host: string;
  readonly port: number;
}

/** Which wire: link 236 and the cable carry long frames under TLS, the LAN and the line to the HSM short ones in clear. */
export type Wire = "cable" | "236" | "LAN" | "HSM";

export interface Carriers {
  /** `at`: where it must be reachable again after a restart; anywhere free when absent. */
  serve(wire: Wire, serve: ServeChannel, at?: { host: string; port: number }): Promise<Reachable>;
  /** The way to a payment server by the address on the page; nobody may be there. */
  reach(host: string, port: number): Connector;
  /**
   * Serves a site; gives the origin by which it is reached, `at` itself after a restart. `bodyLimit`: longest request body in bytes
   * on a socket, 16 KiB when absent.
   */
  site(
    handler: HttpHandler,
    at?: string,
    options?: { readonly bodyLimit?: number },
  ): Promise<AsyncDisposable & { readonly origin: string }>;
  readonly http: HttpClient;
}
