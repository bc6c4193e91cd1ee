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

export type { HttpClient, HttpHandler, HttpRequest, HttpResponse } from "../device/network/http.ts";
