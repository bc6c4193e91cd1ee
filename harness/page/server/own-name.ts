/** Whether a request is meant for this server: against pages elsewhere whose name was made to point here, and forms that they send. */
import { isIP } from "node:net";
import { hostname } from "node:os";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether `host` can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * A check of the `Host` header, for a server that listens at `host`. On loopback only names of loopback are good; elsewhere
 * addresses, the name that it was told and the name of the machine: a name that somebody else owns never is.
 */
export function ownNames(host: string): (header: string | undefined) => boolean {
  const more = isLoopback(host) ? [] : [host.toLowerCase(), hostname().toLowerCase()];
  return (header) => {
    const [, name = ""] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec((header ?? "").toLowerCase()) ?? [];
    if (LOOPBACK.has(name) || more.includes(name)) return true;
    return !isLoopback(host) && isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  };
}

/** Whether a request that changes something was made by our own page, or by no page at all. */
export function isOwnOrigin(headers: {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly "sec-fetch-site"?: string | string[] | undefined;
}): boolean {
  const { host, origin } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  if (origin === undefined) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
