/** A network as it is: every message is under way for a while. */
import type { Clock } from "../core/clock.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { Connector, MessageChannel, ServeChannel } from "../device/contracts.ts";
import type { HttpClient } from "./exchange.ts";

/** How long a message is under way, ms, on `clock`. */
export interface Delay {
  readonly clock: Clock;
  readonly oneWayMs: number;
}

/**
 * What is sent arrives `oneWayMs` later, in order; the sender goes on at once. Decorate both ends of a link. A message that could not be
 * delivered fails the next one. Disposing closes the channel behind the last message.
 */
export function pacedChannel(inner: MessageChannel, { clock, oneWayMs }: Delay): MessageChannel {
  let arrived: Promise<void> = Promise.resolve();
  let failure: unknown;
  return {
    async send(message) {
      if (failure !== undefined) throw asLost(failure);
      const copy = message.slice();
      const travelled = clock.timer(oneWayMs).elapsed;
      arrived = Promise.all([arrived, travelled])
        .then(() => inner.send(copy))
        .catch((thrown: unknown) => {
          failure ??= thrown;
        });
    },
    receive: (deadline) => inner.receive(deadline),
    async [Symbol.asyncDispose]() {
      await arrived;
      await inner[Symbol.asyncDispose]();
    },
  };
}

/** The connecting end of a link. Opening a channel takes no time of its own: what it costs is up to the carrier. */
export function pacedConnector(inner: Connector, delay: Delay): Connector {
  return { connect: async (deadline) => pacedChannel(await inner.connect(deadline), delay) };
}

/** The serving end of a link. */
export function pacedServe(inner: ServeChannel, delay: Delay): ServeChannel {
  return async (channel) => {
    const paced = pacedChannel(channel, delay);
    try {
      await inner(paced);
    } finally {
      await paced[Symbol.asyncDispose](); // the carrier closes the channel next: the last message shall arrive before
    }
  };
}

/** A request and its answer. */
export function pacedHttp(inner: HttpClient, { clock, oneWayMs }: Delay): HttpClient {
  return async (origin, request, deadline) => {
    await clock.timer(oneWayMs).elapsed;
    const response = await inner(origin, request, deadline);
    await clock.timer(oneWayMs).elapsed;
    return response;
  };
}

function asLost(thrown: unknown): PursebenchError {
  if (thrown instanceof PursebenchError) return thrown;
  return new PursebenchError("DEVICE_LOST", `a message was lost on its way: ${messageOf(thrown)}`, { cause: thrown });
}
