/** The merchants of one system: sites on the Internet, and the cable provider's own module inside of the head end (FIG 16). */
import type { Clock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import { memoryHttp } from "../device/network/memory-http.ts";
import type { PaymentServerName, SaleRecord, SiteFacts, SystemFacts } from "../flows/system.ts";
import type { HttpClient, HttpHandler, HttpRequest, HttpResponse } from "../link/exchange.ts";
import { merchant } from "../roles/merchant/model.ts";
import { memorySaleStore, type SaleStore } from "../roles/merchant/sale.ts";
import { type MerchantServer, serveMerchant } from "../roles/merchant/serve.ts";
import type { Carriers } from "./carriers.ts";

export interface SitesParts {
  readonly facts: SystemFacts;
  readonly catalogue: readonly (SystemFacts["catalogue"][number] & { readonly content: string })[];
  readonly carriers: Carriers;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly variation: Variation;
  /** Where draw requests for such a site go. */
  readonly paymentAddress: (server: PaymentServerName) => { readonly host: string; readonly port: number };
}

interface Site {
  readonly facts: SiteFacts;
  readonly origin: string;
  readonly store: SaleStore;
  server: MerchantServer;
  /** What listens at its origin; nothing does for the head end's own module. */
  down: AsyncDisposable | undefined;
}

export class Sites implements AsyncDisposable {
  readonly #parts: SitesParts;
  readonly #sites: readonly Site[];
  readonly #modules: HttpClient;

  private constructor(parts: SitesParts, sites: readonly Site[]) {
    this.#parts = parts;
    this.#sites = sites;
    const own = sites.filter(({ facts }) => facts.kind === "cable");
    this.#modules = memoryHttp(new Map(own.map((site) => [site.origin, (request) => site.server.handler(request)])));
  }

  /** All at once: a bench may have dozens. */
  static async start(parts: SitesParts): Promise<Sites> {
    return new Sites(parts, await Promise.all(parts.facts.sites.map((facts) => startSite(parts, facts))));
  }

  /** Where each site is reached, by SITE. */
  get origins(): ReadonlyMap<string, string> {
    return new Map(this.#sites.map(({ facts, origin }) => [facts.SITE, origin]));
  }

  /** For the head end: its own modules by a call, everybody else by `link234`. */
  clientFor(link234: HttpClient): HttpClient {
    const own = new Set(this.#sites.filter(({ facts }) => facts.kind === "cable").map(({ origin }) => origin));
    return (origin, request, deadline) => (own.has(origin) ? this.#modules : link234)(origin, request, deadline);
  }

  async sale(IDTRX: string): Promise<SaleRecord | undefined> {
    for (const { server } of this.#sites) {
      const sale = await server.sale(IDTRX);
      if (sale) return sale;
    }
    return undefined;
  }

  async sales(): Promise<readonly SaleRecord[]> {
    return (await Promise.all(this.#sites.map(({ store }) => store.all()))).flat();
  }

  /** One request to a site, beside the head end; `client` reaches those on the Internet. */
  async http(SITE: string, request: HttpRequest, client: HttpClient, deadline: Deadline): Promise<HttpResponse> {
    const site = this.#sites.find(({ facts }) => facts.SITE === SITE);
    if (!site) throw new PursebenchError("INTERNAL", `no site is called ${SITE}`);
    return await this.clientFor(client)(site.origin, request, deadline);
  }

  /** As a crash would: merchants on the Internet, or the head end's own modules with it. Sales are kept. */
  async restart(kind: SiteFacts["kind"]): Promise<void> {
    await Promise.all(this.#sites.filter(({ facts }) => facts.kind === kind).map((site) => this.#restartSite(site)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sites.map(({ down }) => down?.[Symbol.asyncDispose]()));
  }

  async #restartSite(site: Site): Promise<void> {
    await site.down?.[Symbol.asyncDispose]();
    site.server = merchantServer(this.#parts, site.facts, site.origin, site.store);
    if (site.down) site.down = await this.#parts.carriers.site((request) => site.server.handler(request), site.origin);
  }
}

async function startSite(parts: SitesParts, facts: SiteFacts): Promise<Site> {
  const store = memorySaleStore();
  if (facts.kind === "cable") {
    const { origin } = facts;
    return { facts, origin, store, server: merchantServer(parts, facts, origin, store), down: undefined };
  }
  let site: Site | undefined;
  const handler: HttpHandler = (request) => {
    if (site) return site.server.handler(request);
    throw new PursebenchError("INTERNAL", "the merchant was asked before it was ready");
  };
  const down = await parts.carriers.site(handler, facts.origin);
  const { origin } = down;
  site = { facts, origin, store, server: merchantServer(parts, facts, origin, store), down };
  return site;
}

function merchantServer(parts: SitesParts, facts: SiteFacts, origin: string, store: SaleStore): MerchantServer {
  const { keys, catalogue, clock, random, trace, variation } = parts;
  const { SITE, IDMER, kind, profile } = facts;
  const KMER = keys.merchantKey(IDMER);
  if (!KMER) {
    throw new PursebenchError("USAGE", `no contract key for merchant ${IDMER} of site ${SITE}`, {
      mend: "add the merchant to the test key set or correct IDMER in the bench description",
    });
  }
  const isOwn = kind === "cable";
  const paymentServer = parts.paymentAddress(isOwn ? "head-end-payment-server" : "payment-server");
  const [KSH, KTA] = [keys.sharedKey(IDMER), keys.agentKey(IDMER)];
  return serveMerchant({
    identity: { IDMER, KMER, origin, paymentServer, profile, KSH, KTA },
    catalogue: catalogue.filter((item) => item.SITE === SITE),
    clock,
    random,
    trace,
    store,
    role: variation.merchant?.(merchant) ?? merchant,
    as: isOwn ? "head-end" : "merchant",
  });
}
