/** Networks, lines and cards that take their time, for benchmarks. */
import type { Clock } from "../core/clock.ts";
import type { CardReader } from "../device/contracts.ts";
import { pacedConnector, pacedHttp, pacedServe } from "../link/paced.ts";
import { pacedReader } from "../link/paced-reader.ts";
import type { Carriers, Wire } from "./carriers.ts";

export interface Pace {
  /** Of the cable and of links 234, 236, 237 and 238, ms; every message takes half of it. The LAN takes no time. */
  readonly networkRoundTripMs: number;
  /** Of the lines to the terminals, bit/s. */
  readonly lineBaud: number;
  /** What a card takes for its debit, ms; no time when absent. */
  readonly cardDebitMs?: number | undefined;
  /** Told of every byte on the line of a terminal, blocks and all, as it passes. */
  readonly onLine?: ((IDTERM: string, bytes: Uint8Array) => void) | undefined;
}

/** `inner` over a network that takes its time. */
export function pacedCarriers(inner: Carriers, { networkRoundTripMs }: Pace, clock: Clock): Carriers {
  const delay = { clock, oneWayMs: networkRoundTripMs / 2 };
  const isFar = (wire: Wire) => wire !== "LAN" && wire !== "HSM";
  return {
    async serve(wire, serve, at) {
      if (!isFar(wire)) return await inner.serve(wire, serve, at);
      const reachable = await inner.serve(wire, pacedServe(serve, delay), at);
      return {
        connector: pacedConnector(reachable.connector, delay),
        host: reachable.host,
        port: reachable.port,
        [Symbol.asyncDispose]: () => reachable[Symbol.asyncDispose](),
      };
    },
    reach: (host, port) => pacedConnector(inner.reach(host, port), delay),
    site: (handler, at, options) => inner.site(handler, at, options),
    http: pacedHttp(inner.http, delay),
  };
}

/** `inner` with cards that take their time. */
export function readerAtPace(inner: CardReader, pace: Pace | undefined, clock: Clock): CardReader {
  return pace?.cardDebitMs === undefined ? inner : pacedReader(inner, clock, pace.cardDebitMs);
}
