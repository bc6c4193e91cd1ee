import type { Deadline } from "../core/deadline.ts";

/**
 * One request, one answer: how APDUs reach a card or PSAM and how terminal messages reach a terminal.
 * Rejects with a `PursebenchError` (`DEVICE_SILENT`, `DEVICE_LOST`, `DEVICE_GARBLED` …); a negative answer of the
 * device is an answer.
 */
export interface Exchange {
  exchange(request: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
}

/** Terminals by number, reached through a concentrator or directly. */
export interface TerminalAccess {
  /** `IDTERM`: 8 hex digits. `message`: one terminal message (`messages.md`, section 5). */
  exchange(IDTERM: string, message: Uint8Array, deadline: Deadline): Promise<Uint8Array>;
}

/** HTTP as the roles see it; the carrier is HTTPS or a function call. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Path with query, e.g. "/checkout". */
  readonly path: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends `request` to the site that `origin` names ("https://127.0.0.1:8443"). `SERVICE_ABSENT` when nobody answers. */
export type HttpClient = (origin: string, request: HttpRequest, deadline: Deadline) => Promise<HttpResponse>;

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;
