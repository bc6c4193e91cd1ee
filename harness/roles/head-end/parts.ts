import type { Clock } from "../../core/clock.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { Connector } from "../../device/contracts.ts";
import type { HttpClient } from "../../link/exchange.ts";
import type { HeadEndRole } from "./events.ts";
import type { HeadEndConfig } from "./state.ts";
import type { HeadEndTimeouts } from "./timeouts.ts";

export interface HeadEndOptions {
  /** Link 234. */
  readonly http: HttpClient;
  /** Origin of each merchant site, by SITE. Confirmations go to these origins and nowhere else. */
  readonly sites: Readonly<Record<string, string>>;
  /** Link 236: the way to the payment server that a page names. */
  readonly connectPayment: (HOST: string, PORT: number) => Connector;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly timeouts?: Partial<HeadEndTimeouts>;
  /** Tell the user "debited" once the confirmation is there; true when absent. */
  readonly announceDebit?: boolean;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: HeadEndRole;
}

/** What a session works with. */
export interface HeadEndParts extends Pick<HeadEndOptions, "http" | "connectPayment" | "clock" | "trace"> {
  readonly config: HeadEndConfig;
  readonly timeouts: HeadEndTimeouts;
  readonly role: HeadEndRole;
}
