import type { MessageChannel, ServeChannel } from "../../device/contracts.ts";
import { Admission } from "../serving/admission.ts";
import { loadServer } from "./model.ts";
import type { LoadServerOptions, LoadServerParts } from "./parts.ts";
import { recoverLoads, settleOwnHolds } from "./recover.ts";
import { LoadThread } from "./thread.ts";
import { LOAD_SERVER_TIMEOUTS } from "./timeouts.ts";

export type { LoadServerOptions } from "./parts.ts";

/** Disposing it stops every thread at once, as a crash would, and waits until they are gone; `recover` mends at the next start. */
export interface LoadServer extends AsyncDisposable {
  /** Serves link 236: one load thread for each channel of a head end or bank server, as many at once as there are places. */
  readonly serve: ServeChannel;
  /** To be called once at start, before `serve`: settles what an earlier run left in the database (`load.md` 9). */
  recover(): Promise<void>;
  /** Gives back holds of its own accounts for which no load request has come, at least that old; 60 minutes when absent (`load.md` 6). */
  settleHolds(olderThanMinutes?: number): Promise<void>;
}

/** A load server on its links. */
export function serveLoadServer(options: LoadServerOptions): LoadServer {
  const parts: LoadServerParts = {
    ...options,
    accounts: options.accounts,
    timeouts: { ...LOAD_SERVER_TIMEOUTS, ...options.timeouts },
    role: options.role ?? loadServer,
  };
  const admission = new Admission<LoadThread>(options.channelLimit ?? 512);
  let isStopped = false;
  return {
    recover: () => recoverLoads(parts),
    settleHolds: (minutes) => settleOwnHolds(parts, minutes),
    async serve(channel: MessageChannel): Promise<void> {
      if (!isStopped) await admission.run(new LoadThread(channel, parts));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      isStopped = true;
      const running = [...admission.threads.values()];
      for (const thread of admission.threads.keys()) thread.stop();
      await Promise.allSettled(running); // a failure was told to whoever called `serve`
    },
  };
}
