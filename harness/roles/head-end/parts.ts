import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { Connector } from "../../device/contracts.ts";
import type { HttpClient } from "../../link/exchange.ts";
import type { HeadEndRole } from "./events.ts";
import type { LoadSites } from "./load-sites.ts";
import type { Orders } from "./orders.ts";
import type { HeadEndConfig } from "./state.ts";
import type { HeadEndTimeouts } from "./timeouts.ts";

export interface HeadEndOptions {
  /** Link 234. */
  readonly http: HttpClient;
  /** Origin of each merchant site, by SITE. Confirmations go to these origins and nowhere else. */
  readonly sites: Readonly<Record<string, string>>;
  /** Link 236: the way to the payment server that a page names. */
  readonly connectPayment: (HOST: string, PORT: number) => Connector;
  /** Account holders where a card can be loaded, by SITE; absent: none. */
  readonly loadSites?: LoadSites | undefined;
  /** Link 236: the way to the load server that a load page, or a site of its own, names; absent: as to a payment server. */
  readonly connectLoad?: ((HOST: string, PORT: number) => Connector) | undefined;
  readonly clock: Clock;
  /** Nonces of the encryption layer. */
  readonly random: Random;
  readonly trace: TraceSink;
  readonly timeouts?: Partial<HeadEndTimeouts>;
  /** Tell the user "debited" once the confirmation is there; true when absent. */
  readonly announceDebit?: boolean;
  /** KTA (16 bytes) for each merchant whose trusted agent this head end is (FIG 6); absent: nobody's. */
  readonly trustedAgent?: ((IDMER: string) => Uint8Array | undefined) | undefined;
  /** Aborts where the head end is to stop at once, as a crash would. */
  readonly killed?: AbortSignal | undefined;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: HeadEndRole;
}

/** What a session works with. */
export interface HeadEndParts
  extends Pick<HeadEndOptions, "http" | "connectPayment" | "clock" | "random" | "trace" | "killed"> {
  readonly connectLoad: (HOST: string, PORT: number) => Connector;
  readonly config: HeadEndConfig;
  readonly timeouts: HeadEndTimeouts;
  readonly role: HeadEndRole;
  /** Outlives sessions. */
  readonly orders: Orders;
}
