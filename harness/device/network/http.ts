import type { Deadline } from "../../core/deadline.ts";

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
