/** One payment server with its terminals: the merchants', or the cable provider's own (FIG 2, 229). */
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import type { Random } from "../core/random.ts";
import type { LinkName, TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { Connector, MessageChannel, ServeChannel } from "../device/contracts.ts";
import type { PaymentServerName, SystemFacts } from "../flows/system.ts";
import type { Exchange, TerminalAccess } from "../link/exchange.ts";
import { recordConnector } from "../link/record.ts";
import { collectRole } from "../roles/payment-server/collect-model.ts";
import type { CollectionOptions } from "../roles/payment-server/collection-options.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import { paymentServer } from "../roles/payment-server/model.ts";
import { type PaymentServer, servePaymentServer } from "../roles/payment-server/serve.ts";
import type { Carriers, Reachable } from "./carriers.ts";
import { acquirerOf } from "./clearing-parties.ts";
import type { ClearingService } from "./clearing-service.ts";
import { contractsOf } from "./contracts.ts";
import type { Links } from "./links.ts";
import type { Sessions } from "./sessions.ts";
import { TerminalNetwork } from "./terminal-network.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface PaymentServiceParts {
  readonly name: PaymentServerName;
  readonly facts: SystemFacts;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly carriers: Carriers;
  readonly lines: ReadonlyMap<string, Exchange>;
  readonly database: PaymentDatabase;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly timeouts: SystemTimeouts;
  readonly variation: Variation;
  readonly sessions: Sessions;
  /** The way of its batches. */
  readonly clearing: () => ClearingService;
  readonly bench: Pick<Bench, "clearing">;
  /** Where it listens; port 0 takes a free one. */
  readonly at: { readonly host: string; readonly port: number };
  /** Where a merchant's site is, for direct confirmations; known once the sites are up. */
  readonly originOf: (SITE: string) => string | undefined;
}

/** Link to the head end of each payment server. */
const LINK: Readonly<Record<PaymentServerName, LinkName>> = {
  "payment-server": "236",
  "head-end-payment-server": "237",
};

/** How many transactions may wait for a terminal: as many as a bench has set-top boxes, and some more. */
const QUEUE_LIMIT = 256;

export class PaymentService implements AsyncDisposable {
  readonly #parts: PaymentServiceParts;
  readonly #network: TerminalNetwork;
  #server: PaymentServer | undefined;
  #listener: Reachable | undefined;

  private constructor(parts: PaymentServiceParts, network: TerminalNetwork) {
    this.#parts = parts;
    this.#network = network;
  }

  static async start(parts: PaymentServiceParts): Promise<PaymentService> {
    const service = new PaymentService(parts, await TerminalNetwork.start(parts));
    await service.#start();
    return service;
  }

  get database(): PaymentDatabase {
    return this.#parts.database;
  }

  get address(): { readonly host: string; readonly port: number } {
    const { host = "", port = 0 } = this.#listener ?? {};
    return { host, port };
  }

  /** The terminals as the harness itself asks them. */
  get ownTerminals(): ReadonlyMap<string, TerminalAccess> {
    return this.#network.own;
  }

  /** True when `host`:`port` is where this server listens. */
  isAt(host: string, port: number): boolean {
    return this.address.host === host && this.address.port === port;
  }

  /** The head end's way to whoever is at the address on a page: this server, or nobody. */
  connector(host: string, port: number): Connector {
    const { links, carriers, name } = this.#parts;
    return links.connector(carriers.reach(host, port), { link: LINK[name], near: "head-end", far: name });
  }

  /** A channel of the bench itself, beside the head end. */
  async channel(deadline: Deadline): Promise<MessageChannel> {
    const { carriers, name, trace } = this.#parts;
    const { host, port } = this.address;
    const ends = { link: LINK[name], near: "bench", far: name } as const;
    return await recordConnector(carriers.reach(host, port), ends, trace).connect(deadline);
  }

  /** As a crash would. The database stays. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  /** Collects from its terminals and sends its batches (`clearing.md` 3). */
  async collect(): Promise<void> {
    await this.#server?.collect();
  }

  async fetchDeliveries(): Promise<void> {
    await this.#server?.fetchDeliveries();
  }

  /** By itself, so many rounds. */
  async collectAtIntervals(intervalMs: number, rounds: number): Promise<void> {
    await this.#server?.collectAtIntervals(intervalMs, rounds);
  }

  restartConcentrator(): Promise<void> {
    return this.#network.restartConcentrator();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#network[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { name, carriers, currencies, clock, random, trace, timeouts, variation, sessions, links } = this.#parts;
    const database = variation.database?.(this.#parts.database) ?? this.#parts.database;
    const vary = name === "payment-server" ? variation.paymentServer : variation.headEndPaymentServer;
    this.#server = servePaymentServer({
      name,
      database,
      http: links.http(carriers.http, { link: "238", near: "payment-server", far: "merchant" }),
      queueLimit: QUEUE_LIMIT,
      terminals: this.#network.forServer(),
      terminalIds: this.#network.ids,
      merchants: contractsOf(this.#parts),
      currencies,
      clock,
      random,
      trace,
      timeouts: timeouts.paymentServer,
      role: vary?.(paymentServer) ?? paymentServer,
      collection: this.#collection(),
    });
    await this.#server.recover();
    const serve: ServeChannel = (channel) => this.#server?.serve(channel) ?? Promise.resolve();
    const at = this.#listener ?? this.#parts.at;
    this.#listener = await carriers.serve("236", sessions.watch(serve), at);
    const { intervalMs } = this.#parts.bench.clearing;
    if (intervalMs !== undefined) void this.#collectByItself(this.#server, intervalMs);
  }

  async #collectByItself(server: PaymentServer, intervalMs: number): Promise<void> {
    try {
      await server.collectAtIntervals(intervalMs);
    } catch (thrown) {
      this.#parts.trace({ kind: "note", text: `${this.#parts.name} collects no more by itself: ${String(thrown)}` });
    }
  }

  #collection(): CollectionOptions {
    const { name, clearing, bench, variation } = this.#parts;
    const service = clearing();
    return {
      IDCP: name,
      IDACQUIRER: acquirerOf(name, bench),
      http: service.client(name),
      origin: service.concentrationPoint,
      role: variation.collecting?.(collectRole) ?? collectRole,
    };
  }

  async #stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await this.#network.stopDrivers();
    await this.#listener?.[Symbol.asyncDispose]();
  }
}
