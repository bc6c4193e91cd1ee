import { Buffer } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createListener, type Server as PlainServer, type Socket } from "node:net";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { Listener } from "../contracts.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http.ts";
import { readBody, TooLarge } from "./http-body.ts";
import type { ServerTls } from "./listen.ts";

export interface SiteOptions {
  readonly handler: HttpHandler;
  readonly host: string;
  /** 0 takes a free port; `address` of the listener names it. */
  readonly port: number;
  /** Longest request body in bytes; 16 KiB when absent (link batch has longer ones). */
  readonly bodyLimit?: number | undefined;
  /** What `handler` threw; the peer only sees status 500. */
  readonly onFailure?: ((thrown: unknown) => void) | undefined;
}

export interface HttpsOptions extends SiteOptions {
  readonly tls: ServerTls;
}

/** Serves any number of sites with one certificate, each at its own port. Disposing it ends them all. */
export interface HttpsServer extends AsyncDisposable {
  /** `DEVICE_BUSY` when the port is in use, `USAGE` when the address cannot be bound. Disposing closes the site's connections at once. */
  listen(site: SiteOptions): Promise<Listener>;
}

/** Longest request body in bytes (`messages.md`, section 4). */
const REQUEST_LIMIT = 16_384;

/**
 * Serves HTTPS. Bodies above the limit of the site are answered with 413, other methods than GET and POST with 405, a body that is no
 * UTF-8 with 400, headers above 16 KiB by Node with 431. `USAGE` when the certificate is none. To read a key and a certificate takes
 * longer than to listen: whoever has many sites makes one server.
 */
export function httpsServer(tls: ServerTls): HttpsServer {
  const server = newServer(tls);
  /** Node watches for slow requests only while the server listens itself: it does so at a port where nobody is served. */
  let watch: Promise<void> | undefined;
  const listening = new Set<Listener>();
  const sites = new Map<number, SiteOptions>();
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const site = sites.get(incoming.socket.localPort ?? 0);
    if (!site) return void incoming.destroy();
    respond(site, incoming).then(
      (response) => send(incoming, outgoing, response),
      () => incoming.destroy(), // the peer went away in the middle of its request
    );
  });
  return {
    async listen(site) {
      watch ??= bound(server, { host: site.host, port: 0 });
      await watch;
      const open = new Set<Socket>();
      const listener = createListener((socket) => {
        open.add(socket);
        socket.once("close", () => open.delete(socket));
        server.emit("connection", socket);
      });
      await bound(listener, site);
      const { port } = listener.address() as AddressInfo;
      sites.set(port, site);
      const own: Listener = {
        address: addressOf(listener),
        async [Symbol.asyncDispose](): Promise<void> {
          if (!listening.delete(own)) return;
          sites.delete(port);
          const stopped = new Promise<void>((resolve) => listener.close(() => resolve()));
          for (const socket of open) socket.destroy();
          await stopped;
        },
      };
      listening.add(own);
      return own;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const each of [...listening]) await each[Symbol.asyncDispose]();
      server.closeAllConnections();
      await watch?.catch(() => undefined); // whoever listened has heard of it
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** One site with a server of its own, as `httpsServer` serves it. */
export async function listenHttps({ tls, ...site }: HttpsOptions): Promise<Listener> {
  const server = httpsServer(tls);
  try {
    const { address } = await server.listen(site);
    return { address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (thrown) {
    await server[Symbol.asyncDispose]();
    throw thrown;
  }
}

function newServer(tls: ServerTls): Server {
  const limits = {
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 60_000, // longer than the client's, so that it never sends into a closing connection
  };
  try {
    return createServer({ ...limits, cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" });
  } catch (cause) {
    throw new PursebenchError("USAGE", `the certificate or key of the HTTPS server is unusable: ${messageOf(cause)}`, {
      mend: "give PEM text of a certificate and of its key",
      cause,
    });
  }
}

async function respond(
  { handler, onFailure, bodyLimit = REQUEST_LIMIT }: SiteOptions,
  incoming: IncomingMessage,
): Promise<HttpResponse> {
  const { method } = incoming;
  if (method !== "GET" && method !== "POST") return plain(405, { allow: "GET, POST" });
  try {
    const body = await readBody(incoming, bodyLimit);
    if (body === undefined) return plain(400);
    return await handler({ method, path: incoming.url ?? "/", headers: flatHeaders(incoming.headers), body });
  } catch (thrown) {
    if (thrown instanceof TooLarge) return plain(413, { connection: "close" });
    if (incoming.destroyed && !incoming.complete) throw thrown;
    onFailure?.(thrown);
    return plain(500);
  }
}

function plain(status: number, headers: HttpRequest["headers"] = {}): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${status}\n` };
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, { status, headers, body }: HttpResponse): void {
  const bytes = Buffer.from(body, "utf8");
  outgoing.writeHead(status, { ...headers, "content-length": bytes.length });
  outgoing.end(bytes);
  incoming.resume(); // what is left of a body that was too large is read and thrown away, so that the answer arrives
}

/** Header names in lower case; repeated headers joined as HTTP allows. */
export function flatHeaders(headers: IncomingHttpHeaders): HttpRequest["headers"] {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

function bound(server: PlainServer, { host, port }: Pick<SiteOptions, "host" | "port">): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const code = cause.code === "EADDRINUSE" ? "DEVICE_BUSY" : "USAGE";
      reject(
        new PursebenchError(code, `cannot serve HTTPS at ${host}:${port}: ${cause.message}`, {
          mend: "name an address of this machine and a free port (0 takes one)",
          cause,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

function addressOf(server: PlainServer): string {
  const address = server.address();
  if (address === null || typeof address === "string") return address ?? "";
  return address.family === "IPv6" ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}
