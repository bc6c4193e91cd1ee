import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import { Admission } from "../serving/admission.ts";
import { Collection } from "./collection.ts";
import { paymentServer } from "./model.ts";
import { OwedCancels } from "./owed-cancels.ts";
import { OwedCollector } from "./owed-collector.ts";
import type { PaymentServerOptions, PaymentServerParts } from "./parts.ts";
import { TerminalPool } from "./pool.ts";
import { recoverTransactions } from "./recover.ts";
import { TerminalTurns } from "./terminal-turns.ts";
import { TransactionThread } from "./thread.ts";
import { PAYMENT_SERVER_TIMEOUTS } from "./timeouts.ts";

export type { PaymentServerName, PaymentServerOptions } from "./parts.ts";

/** Disposing it stops every thread at once, as a crash would, and waits until they are gone; `recover` mends at the next start. */
export interface PaymentServer extends AsyncDisposable {
  /** Serves link 236 or 237: one transaction thread for each channel, as many at once as there are places. */
  readonly serve: ServeChannel;
  readonly pool: TerminalPool;
  /** To be called once at start, before `serve`: settles what an earlier run left in the database (`messages.md`, section 8). */
  recover(): Promise<void>;
  /** A collection from each terminal (`clearing.md` 3), beside all transactions. `USAGE` without `collection` in the options. */
  collect(): Promise<void>;
  /** What clearing says to its batches, and updates, go to the terminals. The same. */
  fetchDeliveries(): Promise<void>;
  /** Both at each interval, so many rounds; until the server is disposed when absent. The same. */
  collectAtIntervals(intervalMs: number, rounds?: number): Promise<void>;
}

/** A payment server on its links. `USAGE` for a wrong list of terminals. */
export function servePaymentServer(options: PaymentServerOptions): PaymentServer {
  const parts = partsOf(options);
  const admission = new Admission(options.channelLimit ?? 512);
  const collection = new Collection(parts, options.terminalIds, options.collection);
  let isStopped = false;
  return {
    pool: parts.pool,
    recover: () => recoverTransactions(parts),
    collect: () => collection.collect(),
    fetchDeliveries: () => collection.fetchDeliveries(),
    collectAtIntervals: (intervalMs, rounds) => collection.atIntervals(intervalMs, rounds),
    async serve(channel: MessageChannel): Promise<void> {
      if (!isStopped) await admission.run(new TransactionThread(channel, parts));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isStopped = true;
      const running = [...admission.threads.values()];
      for (const thread of admission.threads.keys()) thread.stop();
      parts.pool.close();
      await collection[Symbol.asyncDispose]();
      await Promise.allSettled(running); // a failure was told to whoever called `serve`
      await parts.collector[Symbol.asyncDispose]();
    },
  };
}

function partsOf(options: PaymentServerOptions): PaymentServerParts {
  const { database, terminals, merchants, currencies, clock, random, trace, http } = options;
  const timeouts = { ...PAYMENT_SERVER_TIMEOUTS, ...options.timeouts };
  const pool = new TerminalPool(options.terminalIds, {
    clock,
    queueingMs: timeouts.freeTerminalMs,
    queueLimit: options.queueLimit ?? 32,
  });
  const parts: PaymentServerParts = {
    name: options.name ?? "payment-server",
    database,
    terminals: new TerminalTurns(terminals, clock),
    merchants,
    currencies,
    clock,
    random,
    trace,
    http,
    pool,
    owed: new OwedCancels(),
    collector: new OwedCollector(() => parts),
    timeouts,
    role: options.role ?? paymentServer,
  };
  return parts;
}
