/** The reference servers of one system, each on its links, each able to crash and start again on what it had stored. */
import type { Clock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import { PursebenchError, unreachable } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { LinkName, RoleName, TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { Connector, MessageChannel, ServeChannel } from "../device/contracts.ts";
import type { SaleRecord, ServerRole, SystemFacts } from "../flows/system.ts";
import type { Ends } from "../link/ends.ts";
import type { Exchange, HttpRequest, HttpResponse, TerminalAccess } from "../link/exchange.ts";
import { recordConnector, recordHttp } from "../link/record.ts";
import { directTerminals } from "../roles/concentrator/direct-terminals.ts";
import { lanTerminals } from "../roles/concentrator/lan-terminals.ts";
import { concentrator } from "../roles/concentrator/model.ts";
import { serveConcentrator } from "../roles/concentrator/serve.ts";
import { headEnd } from "../roles/head-end/model.ts";
import { serveHeadEnd } from "../roles/head-end/serve.ts";
import { merchant } from "../roles/merchant/model.ts";
import { memorySaleStore, type SaleStore } from "../roles/merchant/sale.ts";
import { type MerchantServer, serveMerchant } from "../roles/merchant/serve.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import { paymentServer } from "../roles/payment-server/model.ts";
import { type PaymentServer, servePaymentServer } from "../roles/payment-server/serve.ts";
import type { Vary } from "../roles/role.ts";
import type { Carriers, Reachable } from "./carriers.ts";
import type { Links } from "./links.ts";
import { Sessions } from "./sessions.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface ServerParts {
  readonly facts: SystemFacts;
  readonly catalogue: readonly (SystemFacts["catalogue"][number] & { readonly content: string })[];
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly carriers: Carriers;
  readonly lines: ReadonlyMap<string, Exchange>;
  readonly hasConcentrator: boolean;
  readonly database: PaymentDatabase;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly timeouts: SystemTimeouts;
  readonly variation: Variation;
}

interface Site {
  readonly SITE: string;
  readonly origin: string;
  readonly store: SaleStore;
  server: MerchantServer;
  down: AsyncDisposable;
}

/** All up after `start`. */
export class Servers implements AsyncDisposable {
  readonly #parts: ServerParts;
  readonly #sessions: Sessions;
  readonly #sites: Site[] = [];
  #lan: Reachable | undefined;
  #terminals: (TerminalAccess & Partial<AsyncDisposable>) | undefined;
  #payment: PaymentServer | undefined;
  #paymentListener: Reachable | undefined;
  #headEndListener: Reachable | undefined;

  private constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#sessions = new Sessions((thrown) => {
      parts.trace({ kind: "note", text: `a server session ended with ${String(thrown)}` });
    });
  }

  static async start(parts: ServerParts): Promise<Servers> {
    const servers = new Servers(parts);
    await servers.#startConcentrator();
    await servers.#startPaymentServer();
    for (const { SITE, IDMER } of parts.facts.sites) await servers.#startSite(SITE, IDMER);
    await servers.#startHeadEnd();
    return servers;
  }

  /** Where the set-top box reaches the head end. */
  get headEnd(): Connector {
    return this.#ends(
      "cable",
      "set-top-box",
      "head-end",
      later(() => this.#headEndListener?.connector, "head end"),
    );
  }

  get paymentAddress(): { readonly host: string; readonly port: number } {
    const { host = "", port = 0 } = this.#paymentListener ?? {};
    return { host, port };
  }

  get origins(): ReadonlyMap<string, string> {
    return new Map(this.#sites.map(({ SITE, origin }) => [SITE, origin]));
  }

  idle(): Promise<void> {
    return this.#sessions.idle();
  }

  async sale(IDTRX: string): Promise<SaleRecord | undefined> {
    for (const { server } of this.#sites) {
      const sale = await server.sale(IDTRX);
      if (sale) return sale;
    }
    return undefined;
  }

  async sales(): Promise<readonly SaleRecord[]> {
    const all = await Promise.all(this.#sites.map(({ store }) => store.all()));
    return all.flat();
  }

  /** As the bench itself, beside the head end. */
  async http(SITE: string, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const site = this.#sites.find((each) => each.SITE === SITE);
    if (!site) throw new PursebenchError("INTERNAL", `no site is called ${SITE}`);
    const { carriers, trace } = this.#parts;
    const client = recordHttp(carriers.http, { link: "234", near: "bench", far: "merchant" }, trace);
    return await client(site.origin, request, deadline);
  }

  async paymentChannel(deadline: Deadline): Promise<MessageChannel> {
    const { host, port } = this.paymentAddress;
    const inner = this.#parts.carriers.reach(host, port);
    const ends: Ends = { link: "236", near: "bench", far: "payment-server" };
    return await recordConnector(inner, ends, this.#parts.trace).connect(deadline);
  }

  async restart(role: ServerRole): Promise<void> {
    switch (role) {
      case "concentrator":
        await this.#lan?.[Symbol.asyncDispose]();
        return await this.#startConcentrator();
      case "payment-server":
        await this.#stopPaymentServer();
        return await this.#startPaymentServer();
      case "merchant":
        for (const { SITE } of [...this.#sites]) await this.#restartSite(SITE);
        return;
      case "head-end":
        await this.#headEndListener?.[Symbol.asyncDispose]();
        return await this.#startHeadEnd();
      case "head-end-payment-server":
      case "terminal":
        throw new PursebenchError("USAGE", `this bench cannot restart the ${role}`);
      default:
        return unreachable(role);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#headEndListener?.[Symbol.asyncDispose]();
    for (const { down } of this.#sites) await down[Symbol.asyncDispose]();
    await this.#stopPaymentServer();
    await this.#terminals?.[Symbol.asyncDispose]?.();
    await this.#lan?.[Symbol.asyncDispose]();
  }

  async #startConcentrator(): Promise<void> {
    const { hasConcentrator, lines, clock, trace, carriers, variation } = this.#parts;
    if (!hasConcentrator) {
      this.#terminals ??= directTerminals(lines);
      return;
    }
    const role = varied(concentrator, variation.concentrator);
    const timeouts = { terminalMs: this.#parts.timeouts.paymentServer.terminalMs };
    const serve = serveConcentrator({ lines, clock, trace, role, timeouts });
    this.#lan = await carriers.serve("LAN", serve, this.#lan);
    const way = later(() => this.#lan?.connector, "concentrator");
    this.#terminals ??= lanTerminals(this.#ends("LAN", "payment-server", "concentrator", way), clock);
  }

  async #startPaymentServer(): Promise<void> {
    const { carriers, database, keys, currencies, clock, random, trace, timeouts, variation, lines } = this.#parts;
    const terminals = this.#terminals;
    if (!terminals) throw new PursebenchError("INTERNAL", "the payment server needs its terminals first");
    this.#payment = servePaymentServer({
      database: variation.database?.(database) ?? database,
      terminals,
      terminalIds: [...lines.keys()],
      merchants: (IDMER) => contractOf(keys, IDMER),
      currencies,
      clock,
      random,
      trace,
      timeouts: timeouts.paymentServer,
      role: varied(paymentServer, variation.paymentServer),
    });
    await this.#payment.recover();
    const serve: ServeChannel = (channel) => this.#payment?.serve(channel) ?? Promise.resolve();
    const at = this.#paymentListener ?? this.#parts.facts.paymentServer;
    this.#paymentListener = await carriers.serve("236", this.#sessions.watch(serve), at);
  }

  async #stopPaymentServer(): Promise<void> {
    await this.#payment?.[Symbol.asyncDispose]();
    await this.#paymentListener?.[Symbol.asyncDispose]();
  }

  async #startSite(SITE: string, IDMER: string): Promise<void> {
    let server: MerchantServer | undefined;
    const configured = this.#parts.facts.sites.find((site) => site.SITE === SITE)?.origin;
    const down = await this.#parts.carriers.site((request) => {
      if (server) return server.handler(request);
      throw new PursebenchError("INTERNAL", "the merchant was asked before it was ready");
    }, configured);
    const store = memorySaleStore();
    server = this.#merchantServer(SITE, IDMER, down.origin, store);
    this.#sites.push({ SITE, origin: down.origin, store, server, down });
  }

  async #restartSite(SITE: string): Promise<void> {
    const site = this.#sites.find((each) => each.SITE === SITE);
    const IDMER = this.#parts.facts.sites.find((each) => each.SITE === SITE)?.IDMER;
    if (!site || IDMER === undefined) return;
    await site.down[Symbol.asyncDispose]();
    site.server = this.#merchantServer(SITE, IDMER, site.origin, site.store);
    site.down = await this.#parts.carriers.site((request) => site.server.handler(request), site.origin);
  }

  #merchantServer(SITE: string, IDMER: string, origin: string, store: SaleStore): MerchantServer {
    const { keys, catalogue, clock, random, trace, variation } = this.#parts;
    const KMER = keys.merchantKey(IDMER);
    if (!KMER) {
      throw new PursebenchError("USAGE", `no contract key for merchant ${IDMER} of site ${SITE}`, {
        mend: "add the merchant to the test key set or correct IDMER in the bench description",
      });
    }
    return serveMerchant({
      identity: { IDMER, KMER, origin, paymentServer: this.paymentAddress },
      catalogue: catalogue.filter((item) => item.SITE === SITE),
      clock,
      random,
      trace,
      store,
      role: varied(merchant, variation.merchant),
    });
  }

  async #startHeadEnd(): Promise<void> {
    const { carriers, clock, trace, timeouts, variation, links } = this.#parts;
    const ends: Ends = { link: "234", near: "head-end", far: "merchant" };
    const http = links.http(carriers.http, ends);
    const serve = serveHeadEnd({
      http,
      sites: Object.fromEntries(this.origins),
      connectPayment: (host, port) => this.#ends("236", "head-end", "payment-server", carriers.reach(host, port)),
      clock,
      trace,
      timeouts: timeouts.headEnd,
      role: varied(headEnd, variation.headEnd),
    });
    this.#headEndListener = await carriers.serve("cable", this.#sessions.watch(serve), this.#headEndListener);
  }

  #ends(link: LinkName, near: RoleName, far: RoleName, inner: Connector): Connector {
    return this.#parts.links.connector(inner, { link, near, far });
  }
}

/** A way that may change when its server is started again. */
function later(current: () => Connector | undefined, what: string): Connector {
  return {
    connect: async (deadline) => {
      const connector = current();
      if (!connector) throw new PursebenchError("SERVICE_ABSENT", `the ${what} is not up`, { owner: "server" });
      return await connector.connect(deadline);
    },
  };
}

function varied<R>(reference: R, vary: Vary<R> | undefined): R {
  return vary ? vary(reference) : reference;
}

function contractOf(keys: TestKeySet, IDMER: string): { KMER: Uint8Array; active: boolean } | undefined {
  const contract = keys.merchants.find((each) => each.IDMER === IDMER);
  const KMER = keys.merchantKey(IDMER);
  return contract && KMER ? { KMER, active: contract.active } : undefined;
}
