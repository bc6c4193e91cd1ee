import { within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { HttpClient, HttpHandler } from "./http.ts";

/** HTTP without a network: sites by origin. `SERVICE_ABSENT` for an origin that is not (or no longer) in `sites`. */
export function memoryHttp(sites: ReadonlyMap<string, HttpHandler>): HttpClient {
  return async (origin, request, deadline) => {
    const handler = sites.get(origin);
    if (handler === undefined) {
      throw new PursebenchError("SERVICE_ABSENT", `nobody serves ${origin} in this process`, { owner: "server" });
    }
    return await within(deadline, handler(request), { what: origin, owner: "server" });
  };
}
