/** The sites of account holders: bank servers (FIG 15), and the load server's own for pre-funded accounts (FIG 17). */
import type { Connector } from "../device/contracts.ts";
import type { LoadSiteFacts } from "../flows/loading.ts";
import type { AccountHolder } from "../roles/account-holder/contract.ts";
import { accountHolder } from "../roles/account-holder/model.ts";
import { additionalServer } from "../roles/additional-server/model.ts";
import { ADDITIONAL_PATH, serveAdditional } from "../roles/additional-server/serve.ts";
import { type BankServer, serveBank } from "../roles/bank-server/serve.ts";
import type { LoadSites } from "../roles/head-end/load-sites.ts";
import { type Fund, serveFund } from "../roles/load-server/fund.ts";
import { accountHolderOf, heardHolderOf } from "./load-contracts.ts";
import type { LoadingParts } from "./loading-parts.ts";

export interface LoadSiteParts extends LoadingParts {
  /** Where the load server listens. */
  readonly loadServer: { readonly host: string; readonly port: number };
  /** Link 236 from a bank server. */
  readonly toLoadServer: Connector;
}

type Site = AsyncDisposable & { readonly origin: string };

interface Served {
  readonly facts: LoadSiteFacts;
  holder: AccountHolder;
  site: Site;
  /** The other server that its contract names (1091). */
  readonly additional: Site | undefined;
  /** Up from the first request on. */
  server: Promise<BankServer | Fund> | undefined;
}

/** Where another server of a pre-funded contract is not on the bench, nobody hears of it. */
export class LoadSiteServers implements AsyncDisposable {
  readonly #parts: LoadSiteParts;
  readonly #served: Served[] = [];

  private constructor(parts: LoadSiteParts) {
    this.#parts = parts;
  }

  static async start(parts: LoadSiteParts): Promise<LoadSiteServers> {
    const servers = new LoadSiteServers(parts);
    try {
      for (const facts of parts.facts.loadSites) await servers.#open(facts);
      return servers;
    } catch (thrown) {
      await servers[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Where each site is reached, by SITE. */
  get origins(): ReadonlyMap<string, string> {
    return new Map(this.#served.map(({ facts, site }) => [facts.SITE, site.origin]));
  }

  /** Operators of pre-funded accounts, by IDMER. */
  get operators(): ReadonlySet<string> {
    return new Set(this.#funds().map(({ facts }) => facts.IDMER));
  }

  /** Who answers at that origin; undefined where it is none of these servers. */
  roleAt(origin: string): "bank-server" | "load-server" | "additional-server" | undefined {
    const found = this.#served.find(({ site, additional }) => site.origin === origin || additional?.origin === origin);
    if (found === undefined) return undefined;
    if (found.additional?.origin === origin) return "additional-server";
    return found.facts.source === "bank" ? "bank-server" : "load-server";
  }

  forHeadEnd({ host: HOST, port: PORT }: { readonly host: string; readonly port: number }): LoadSites {
    const sites = this.#served.map(({ facts, site: { origin } }) => {
      if (facts.direct) return [facts.SITE, { kind: "load-direct", HOST, PORT }] as const;
      return [facts.SITE, { kind: facts.source === "bank" ? "bank" : "load", origin }] as const;
    });
    return Object.fromEntries(sites);
  }

  /** The keeper of pre-funded accounts of that site. */
  fund(SITE: string): Promise<Fund> | undefined {
    const served = this.#funds().find(({ facts }) => facts.SITE === SITE);
    return served && (this.#up(served) as Promise<Fund>); // those without a bank are funds
  }

  /** Banks ask about every hold, however young. */
  async settleHolds(): Promise<void> {
    for (const served of this.#served.filter(({ facts }) => facts.source === "bank")) {
      const server = await this.#up(served);
      if ("settleHolds" in server) await server.settleHolds(0);
    }
  }

  /** As a crash would. What was stored stays. */
  async restart(source: LoadSiteFacts["source"]): Promise<void> {
    for (const served of this.#served.filter(({ facts }) => facts.source === source)) {
      const { origin } = served.site;
      await served.site[Symbol.asyncDispose]();
      served.server = undefined;
      served.site = await this.#listen(served, origin);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sites = this.#served.flatMap(({ site, additional }) => (additional ? [site, additional] : [site]));
    await Promise.all(sites.map((site) => site[Symbol.asyncDispose]()));
  }

  #funds(): Served[] {
    return this.#served.filter(({ facts }) => facts.source === "pre-funded");
  }

  async #open(facts: LoadSiteFacts): Promise<void> {
    const { keys, loadServer, bench } = this.#parts;
    const additional = facts.additionalServer ? await this.#additional(facts) : undefined;
    const additionalUrl = additional && `${additional.origin}${ADDITIONAL_PATH}`;
    const at = { origin: facts.origin, loadServer, IDACQ: bench.loadServer.IDACQ, additionalUrl };
    const served: { -readonly [K in keyof Served]?: Served[K] } = { facts, additional, server: undefined };
    const site = await this.#listen(served, facts.origin);
    const { origin } = site;
    this.#served.push(
      Object.assign(served, { site, holder: accountHolderOf(keys, facts, { ...at, origin }) }) as Served,
    );
  }

  async #additional(facts: LoadSiteFacts): Promise<Site> {
    const { keys, trace, variation, carriers } = this.#parts;
    const holder = heardHolderOf(keys, facts);
    const role = variation.additionalServer?.(additionalServer);
    return await carriers.site(serveAdditional({ holder, trace, role }));
  }

  async #listen(served: Partial<Served>, origin: string): Promise<Site> {
    return await this.#parts.carriers.site(
      async (request) => (await this.#up(served as Served)).handler(request),
      origin,
    );
  }

  #up(served: Served): Promise<BankServer | Fund> {
    served.server ??= this.#start(served);
    return served.server;
  }

  async #start({ facts, holder }: Served): Promise<BankServer | Fund> {
    const { books, clock, random, trace, variation, toLoadServer } = this.#parts;
    const { heldLoads } = await books();
    const loads = variation.heldLoads?.(heldLoads) ?? heldLoads;
    const common = { holder, loads, clock, random, trace };
    if (facts.source === "pre-funded") return serveFund({ ...common, role: variation.fund?.(accountHolder) });
    const bank = serveBank({ ...common, loadServer: toLoadServer, role: variation.bankServer?.(accountHolder) });
    await bank.settleHolds(0); // of the time before its start (`load.md` 6)
    return bank;
  }
}
