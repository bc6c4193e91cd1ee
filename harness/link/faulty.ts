/**
 * Faults on links: decorators that let a `FaultBoard` change, repeat, lose or hold up what passes. They sit between the
 * recorder and the carrier at the connecting end, which sees both directions; the code under them does not change.
 */
import { type Deadline, deadlineIn, within } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { CardChannel, Connector, MessageChannel } from "../device/contracts.ts";
import type { Ends } from "./ends.ts";
import type { Exchange, HttpClient, HttpRequest, HttpResponse } from "./exchange.ts";
import type { Delivery, FaultBoard } from "./fault-board.ts";
import { requestBytes, responseBytes } from "./record.ts";

/** For a request that nobody waits for any more. */
const LATE_MS = 10_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Nothing came and nothing will: the deadline decides. */
function silence(deadline: Deadline, ends: Ends): Promise<never> {
  const never = new Promise<never>(() => undefined);
  return within(deadline, never, { what: `${ends.far} on link ${ends.link}`, owner: "bench" });
}

function lost(ends: Ends): PursebenchError {
  return new PursebenchError("DEVICE_LOST", `link ${ends.link} to ${ends.far} was lost`);
}

/** Applies the board to one request and its answer; each delivered request is asked, the last answer counts. */
async function disturbed(
  board: FaultBoard,
  ends: Ends,
  request: Uint8Array,
  ask: (request: Uint8Array) => Promise<Uint8Array>,
  deadline: Deadline,
  overdue: Uint8Array[],
): Promise<Uint8Array> {
  const requests = await board.apply({ link: ends.link, from: ends.near, bytes: request });
  if (requests === "lose-link") throw lost(ends);
  for (const late of overdue.splice(0)) await ask(late).catch(() => undefined); // nobody waits for its answer any more
  if (requests === "late") {
    overdue.push(request);
    return await silence(deadline, ends);
  }
  let answer: Uint8Array | undefined;
  for (const each of requests) answer = await ask(each);
  if (!answer) return await silence(deadline, ends);
  const answers = await board.apply({ link: ends.link, from: ends.far, bytes: answer, inReplyTo: request });
  if (answers === "lose-link") throw lost(ends);
  const last = answers === "late" ? undefined : answers.at(-1);
  return last ?? (await silence(deadline, ends));
}

export function faultyExchange(inner: Exchange, ends: Ends, board: FaultBoard): Exchange {
  const overdue: Uint8Array[] = [];
  return {
    exchange: (request, deadline) =>
      disturbed(board, ends, request, (each) => inner.exchange(each, deadline), deadline, overdue),
  };
}

export function faultyCard(inner: CardChannel, ends: Ends, board: FaultBoard): CardChannel {
  const overdue: Uint8Array[] = [];
  return {
    atr: inner.atr,
    protocol: inner.protocol,
    transmit: (command, deadline) =>
      disturbed(board, ends, command, (each) => inner.transmit(each, deadline), deadline, overdue),
    reset: (kind, deadline) => inner.reset(kind, deadline),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

export function faultyChannel(inner: MessageChannel, ends: Ends, board: FaultBoard): MessageChannel {
  const waiting: Uint8Array[] = [];
  const overdue: Uint8Array[] = [];
  let isLost = false;
  const lose = async () => {
    isLost = true;
    await inner[Symbol.asyncDispose]();
  };
  const sendOverdue = async () => {
    for (const each of overdue.splice(0)) await inner.send(each);
  };
  return {
    async send(message) {
      if (isLost) throw lost(ends);
      const delivery: Delivery = await board.apply({ link: ends.link, from: ends.near, bytes: message });
      if (delivery === "lose-link") return await lose();
      await sendOverdue();
      if (delivery === "late") overdue.push(message);
      else for (const each of delivery) await inner.send(each);
    },
    async receive(deadline) {
      for (;;) {
        const next = waiting.shift();
        if (next) return next;
        if (isLost) throw lost(ends);
        const message = await inner.receive(deadline);
        if (!message) return null;
        const delivery = await board.apply({ link: ends.link, from: ends.far, bytes: message });
        if (delivery === "lose-link") await lose();
        else if (delivery === "late") await silence(deadline, ends).finally(() => waiting.push(message));
        else waiting.push(...delivery);
      }
    },
    async [Symbol.asyncDispose]() {
      if (!isLost) await sendOverdue().catch(() => undefined); // the far end may have gone first
      await inner[Symbol.asyncDispose]();
    },
  };
}

export function faultyConnector(inner: Connector, ends: Ends, board: FaultBoard): Connector {
  return { connect: async (deadline) => faultyChannel(await inner.connect(deadline), ends, board) };
}

/** On link 234 faults act on the body; method, path and status stay. A lost message is silence. */
export function faultyHttp(inner: HttpClient, ends: Ends, board: FaultBoard): HttpClient {
  return async (origin, request, deadline) => {
    const { link, near, far } = ends;
    const asked = requestBytes(request);
    const requests = await board.apply({ link, from: near, bytes: asked, payload: encoder.encode(request.body) });
    if (requests === "lose-link") throw lost(ends);
    if (requests === "late") {
      const late = () => inner(origin, request, deadlineIn(deadline.clock, LATE_MS)).catch(() => undefined);
      return await silence(deadline, ends).finally(() => void late());
    }
    let response: HttpResponse | undefined;
    for (const body of requests) response = await inner(origin, withBody<HttpRequest>(request, body), deadline);
    if (!response) return await silence(deadline, ends);
    const answers = await board.apply({
      link,
      from: far,
      bytes: responseBytes(response),
      payload: encoder.encode(response.body),
      inReplyTo: asked,
    });
    if (answers === "lose-link") throw lost(ends);
    const last = answers === "late" ? undefined : answers.at(-1);
    return last ? withBody<HttpResponse>(response, last) : await silence(deadline, ends);
  };
}

function withBody<T extends HttpRequest | HttpResponse>(whole: T, body: Uint8Array): T {
  return { ...whole, body: decoder.decode(body) };
}
