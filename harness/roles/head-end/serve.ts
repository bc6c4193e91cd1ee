import type { ServeChannel } from "../../device/contracts.ts";
import { headEnd } from "./model.ts";
import { Orders } from "./orders.ts";
import type { HeadEndOptions, HeadEndParts } from "./parts.ts";
import { Session } from "./session.ts";
import { HEAD_END_TIMEOUTS } from "./timeouts.ts";

export type { HeadEndOptions } from "./parts.ts";

/** The head end on its links: one session for each channel that a set-top box opens, as many at once as there are. */
export function serveHeadEnd(options: HeadEndOptions): ServeChannel {
  const { http, connectPayment, clock, random, trace, sites, announceDebit = true, trustedAgent, killed } = options;
  const timeouts = { ...HEAD_END_TIMEOUTS, ...options.timeouts };
  const role = options.role ?? headEnd;
  const { loadSites, connectLoad = connectPayment } = options;
  const config = { sites, announceDebit, trustedAgent, loadSites };
  const parts: HeadEndParts = {
    http,
    connectPayment,
    connectLoad,
    clock,
    random,
    trace,
    killed,
    timeouts,
    role,
    config,
    orders: new Orders(),
  };
  return (channel) => new Session(channel, parts).run();
}
