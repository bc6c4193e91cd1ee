/**
 * Recorders: decorators that report every message of a link, in both directions, with its step. They sit outside of the
 * fault decorators, so the evidence shows what the near role really sent and really got.
 */
import type { Deadline } from "../core/deadline.ts";
import type { RoleName, TraceSink } from "../core/trace.ts";
import type { CardChannel, Connector, MessageChannel } from "../device/contracts.ts";
import { stepOf } from "../protocol/messages/steps.ts";
import type { Ends } from "./ends.ts";
import type { Exchange, HttpClient, HttpRequest, HttpResponse } from "./exchange.ts";

const encoder = new TextEncoder();

/** Text of a request as it is recorded on link 234: "POST /checkout", blank line, body. */
export function requestBytes(request: HttpRequest): Uint8Array {
  return encoder.encode(`${request.method} ${request.path}\n\n${request.body}`);
}

export function responseBytes(response: HttpResponse): Uint8Array {
  return encoder.encode(`${response.status}\n\n${response.body}`);
}

function report(trace: TraceSink, ends: Ends, from: RoleName, bytes: Uint8Array, inReplyTo?: Uint8Array): void {
  const to = from === ends.near ? ends.far : ends.near;
  // what the bench itself asks, to look at a device, is no step of any flow
  const step = ends.near === "bench" ? undefined : stepOf(ends.link, from, bytes, inReplyTo, to);
  trace({ kind: "message", link: ends.link, from, to, step, bytes });
}

export function recordExchange(inner: Exchange, ends: Ends, trace: TraceSink): Exchange {
  return {
    async exchange(request, deadline) {
      report(trace, ends, ends.near, request);
      const answer = await inner.exchange(request, deadline);
      report(trace, ends, ends.far, answer, request);
      return answer;
    },
  };
}

export function recordChannel(inner: MessageChannel, ends: Ends, trace: TraceSink): MessageChannel {
  return {
    async send(message) {
      report(trace, ends, ends.near, message);
      await inner.send(message);
    },
    async receive(deadline) {
      const message = await inner.receive(deadline);
      if (message) report(trace, ends, ends.far, message);
      return message;
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

export function recordConnector(inner: Connector, ends: Ends, trace: TraceSink): Connector {
  return { connect: async (deadline) => recordChannel(await inner.connect(deadline), ends, trace) };
}

export function recordHttp(inner: HttpClient, ends: Ends, trace: TraceSink): HttpClient {
  return async (origin, request, deadline) => {
    const asked = requestBytes(request);
    report(trace, ends, ends.near, asked);
    const response = await inner(origin, request, deadline);
    report(trace, ends, ends.far, responseBytes(response), asked);
    return response;
  };
}

export function recordCard(inner: CardChannel, ends: Ends, trace: TraceSink): CardChannel {
  return {
    atr: inner.atr,
    protocol: inner.protocol,
    async transmit(command: Uint8Array, deadline: Deadline) {
      report(trace, ends, ends.near, command);
      const response = await inner.transmit(command, deadline);
      report(trace, ends, ends.far, response, command);
      return response;
    },
    reset: (kind, deadline) => inner.reset(kind, deadline),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
