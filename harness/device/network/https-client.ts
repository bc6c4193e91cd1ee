import type { IncomingMessage } from "node:http";
import { Agent, request as startRequest } from "node:https";
import type { Clock } from "../../core/clock.ts";
import { type Deadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "./http.ts";
import { readBody, TooLarge } from "./http-body.ts";
import { flatHeaders } from "./https.ts";

export interface HttpsClientOptions {
  /** PEM certificates of the CA that servers must be certified by. */
  readonly ca: string;
  readonly clock: Clock;
}

/** Longest answer in bytes. */
const ANSWER_LIMIT = 1_048_576;

/**
 * Asks HTTPS servers, over connections that stay open for the next request; disposing closes them.
 * `SERVICE_ABSENT` nobody listens; `PROTOCOL` the certificate is not of our CA or not for that name; `DEVICE_SILENT`
 * past the deadline; `DEVICE_LOST` gone in the middle; `DEVICE_GARBLED` no HTTP, above 1 MiB or no UTF-8; `USAGE` for
 * an origin that is no https URL.
 */
export function httpsClient({ ca, clock }: HttpsClientOptions): HttpClient & AsyncDisposable {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 64, timeout: 30_000, minVersion: "TLSv1.2" });
  const client: HttpClient = (origin, request, deadline) => clock.hold(ask(agent, origin, request, deadline));
  return Object.assign(client, {
    async [Symbol.asyncDispose](): Promise<void> {
      agent.destroy();
    },
  });
}

async function ask(agent: Agent, origin: string, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
  const url = urlOf(origin, request.path);
  const abandon = new AbortController();
  try {
    return await within(deadline, exchange(agent, url, request, abandon.signal), { what: origin, owner: "server" });
  } catch (thrown) {
    abandon.abort();
    throw thrown;
  }
}

function urlOf(origin: string, path: string): URL {
  const url = URL.canParse(origin + path) ? new URL(origin + path) : undefined;
  if (url?.protocol === "https:") return url;
  throw new PursebenchError("USAGE", `"${origin.slice(0, 80)}" is no origin of an HTTPS server`, {
    mend: 'write "https://HOST:PORT"',
  });
}

function exchange(agent: Agent, url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(request.body, "utf8");
    const length = request.method === "POST" ? { "content-length": body.length } : {};
    const options = { agent, method: request.method, headers: { ...request.headers, ...length }, signal };
    const outgoing = startRequest(url, options, (incoming) => {
      readAnswer(incoming).then(resolve, (thrown: unknown) => reject(failureOf(url.origin, thrown)));
    });
    outgoing.once("error", (thrown: NodeJS.ErrnoException) => {
      // a kept connection that the server had closed meanwhile: nothing of the request was read there
      const isStale = outgoing.reusedSocket && thrown.code === "ECONNRESET" && !signal.aborted;
      if (isStale) exchange(agent, url, request, signal).then(resolve, reject);
      else reject(failureOf(url.origin, thrown));
    });
    outgoing.end(request.method === "POST" ? body : undefined);
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<HttpResponse> {
  const body = await readBody(incoming, ANSWER_LIMIT);
  if (body === undefined)
    throw new PursebenchError("DEVICE_GARBLED", "an answer that is no UTF-8", { owner: "server" });
  return { status: incoming.statusCode ?? 0, headers: flatHeaders(incoming.headers), body };
}

const ABSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN", "ETIMEDOUT"]);

function failureOf(origin: string, thrown: unknown): PursebenchError {
  if (thrown instanceof PursebenchError) return thrown;
  const told = { owner: "server", cause: thrown } as const;
  if (thrown instanceof TooLarge) {
    return new PursebenchError("DEVICE_GARBLED", `${origin} answered more than ${ANSWER_LIMIT} bytes`, told);
  }
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (ABSENT.has(code)) {
    return new PursebenchError("SERVICE_ABSENT", `${origin} cannot be reached: ${messageOf(thrown)}`, {
      ...told,
      mend: "start that server, or correct its address in the bench description",
    });
  }
  if (code.startsWith("HPE_"))
    return new PursebenchError("DEVICE_GARBLED", `${origin} answered no HTTP (${code})`, told);
  if (/CERT|ISSUER|SIGNATURE|ERR_(SSL|TLS)|EPROTO/.test(code)) {
    return new PursebenchError("PROTOCOL", `${origin} is not certified for us: ${messageOf(thrown)}`, {
      ...told,
      mend: "give the server a certificate of the CA that the bench trusts, for that name",
    });
  }
  return new PursebenchError("DEVICE_LOST", `${origin} went away: ${messageOf(thrown)}`, told);
}
