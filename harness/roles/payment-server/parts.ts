import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/random.ts";
import type { RoleName, TraceSink } from "../../core/trace.ts";
import type { HttpClient, TerminalAccess } from "../../link/exchange.ts";
import type { CollectionOptions } from "./collection-options.ts";
import type { PaymentDatabase } from "./database/contracts.ts";
import type { MerchantContracts, ServedCurrency } from "./merchant-contract.ts";
import type { PaymentServerRole } from "./model.ts";
import type { OwedCancels } from "./owed-cancels.ts";
import type { OwedCollector } from "./owed-collector.ts";
import type { TerminalPool } from "./pool.ts";
import type { PaymentServerTimeouts } from "./timeouts.ts";

/** The merchants' payment server, or the cable provider's own. */
export type PaymentServerName = Extract<RoleName, "payment-server" | "head-end-payment-server">;

export interface PaymentServerOptions {
  /** Its role in the traces; the merchants' one when absent. */
  readonly name?: PaymentServerName;
  /** Stays open when the server is disposed: a restarted server goes on with it. */
  readonly database: PaymentDatabase;
  readonly terminals: TerminalAccess;
  /** Link 238, to merchants that are confirmed directly; without it they cannot be reached. */
  readonly http?: HttpClient;
  /** All valid terminals: IDTERM, 8 hex digits each. */
  readonly terminalIds: readonly string[];
  readonly merchants: MerchantContracts;
  readonly currencies: readonly ServedCurrency[];
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  /** Of `messages.md`, section 9, where absent. */
  readonly timeouts?: Partial<PaymentServerTimeouts>;
  /** How many transactions may wait for a terminal; 32 when absent. */
  readonly queueLimit?: number;
  /** How many channels may be open; 512 when absent. */
  readonly channelLimit?: number;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: PaymentServerRole;
  /** Where its batches go; without it, it collects nothing. */
  readonly collection?: CollectionOptions | undefined;
}

/** What a transaction thread works with. */
export interface PaymentServerParts
  extends Pick<
    PaymentServerOptions,
    "database" | "terminals" | "merchants" | "currencies" | "clock" | "random" | "trace"
  > {
  readonly name: PaymentServerName;
  readonly http: HttpClient | undefined;
  readonly owed: OwedCancels;
  readonly collector: OwedCollector;
  readonly pool: TerminalPool;
  readonly timeouts: PaymentServerTimeouts;
  readonly role: PaymentServerRole;
}
