import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import { paymentServer } from "./model.ts";
import { OwedCancels } from "./owed-cancels.ts";
import type { PaymentServerOptions, PaymentServerParts } from "./parts.ts";
import { TerminalPool } from "./pool.ts";
import { recoverTransactions } from "./recover.ts";
import { TransactionThread } from "./thread.ts";
import { PAYMENT_SERVER_TIMEOUTS } from "./timeouts.ts";

export type { PaymentServerOptions } from "./parts.ts";

/** Disposing it stops every thread at once, as a crash would, and waits until they are gone; `recover` mends at the next start. */
export interface PaymentServer extends AsyncDisposable {
  /** Serves link 236: one transaction thread for each channel, as many at once as there are. */
  readonly serve: ServeChannel;
  readonly pool: TerminalPool;
  /** To be called once at start, before `serve`: settles what an earlier run left in the database (`messages.md`, section 8). */
  recover(): Promise<void>;
}

/** The merchant payment server on its links. `USAGE` for a wrong list of terminals. */
export function servePaymentServer(options: PaymentServerOptions): PaymentServer {
  const parts = partsOf(options);
  const threads = new Map<TransactionThread, Promise<void>>();
  let isStopped = false;
  return {
    pool: parts.pool,
    recover: () => recoverTransactions(parts),
    async serve(channel: MessageChannel): Promise<void> {
      if (isStopped) return;
      const thread = new TransactionThread(channel, parts);
      const running = thread.run().finally(() => threads.delete(thread));
      threads.set(thread, running);
      await running;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isStopped = true;
      const running = [...threads.values()];
      for (const thread of threads.keys()) thread.stop();
      parts.pool.close();
      await Promise.allSettled(running); // a failure was told to whoever called `serve`
    },
  };
}

function partsOf(options: PaymentServerOptions): PaymentServerParts {
  const { database, terminals, merchants, currencies, clock, random, trace } = options;
  const timeouts = { ...PAYMENT_SERVER_TIMEOUTS, ...options.timeouts };
  const pool = new TerminalPool(options.terminalIds, {
    clock,
    queueingMs: timeouts.freeTerminalMs,
    queueLimit: options.queueLimit ?? 32,
  });
  const role = options.role ?? paymentServer;
  return {
    database,
    terminals,
    merchants,
    currencies,
    clock,
    random,
    trace,
    pool,
    owed: new OwedCancels(),
    timeouts,
    role,
  };
}
