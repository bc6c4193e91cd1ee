import type { Deadline } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError, unreachable } from "../core/errors.ts";
import type { Connector, MessageChannel, ServeChannel } from "../device/contracts.ts";
import { connectTcp } from "../device/network/connect.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "../link/exchange.ts";
import { recordConnector, recordHttp } from "../link/record.ts";
import type { LoadSites } from "../roles/head-end/load-sites.ts";
import { hsm } from "../roles/hsm/model.ts";
import { serveHsm } from "../roles/hsm/serve.ts";
import { ownAccounts } from "../roles/load-server/fund.ts";
import { hsmOver } from "../roles/load-server/hsm-client.ts";
import { loadServer } from "../roles/load-server/model.ts";
import { type LoadServer, serveLoadServer } from "../roles/load-server/serve.ts";
import type { Reachable } from "./carriers.ts";
import { later } from "./later.ts";
import { hsmKeys, loadContracts, loadSettings } from "./load-contracts.ts";
import { LoadSiteServers } from "./load-site-servers.ts";
import type { LoadingParts } from "./loading-parts.ts";

/** `hsm-edge.md` 1. */
const HSM_LENGTH_BYTES = 2;

/** A load server and its HSM, as they were started last. */
interface Up {
  readonly server: LoadServer;
  readonly serve: ServeChannel;
}

export class LoadingService implements AsyncDisposable {
  readonly #parts: LoadingParts;
  readonly #stack = new DisposalStack();
  #sites: LoadSiteServers | undefined;
  #loadListener: Reachable | undefined;
  #hsmListener: Reachable | undefined;
  #up: Promise<Up> | undefined;

  private constructor(parts: LoadingParts) {
    this.#parts = parts;
  }

  static async start(parts: LoadingParts): Promise<LoadingService> {
    const service = new LoadingService(parts);
    try {
      await service.#start();
      return service;
    } catch (thrown) {
      await service[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Account holders by SITE, as a head end knows them. */
  get headEndSites(): LoadSites {
    return this.#siteServers.forHeadEnd(this.address);
  }

  get origins(): ReadonlyMap<string, string> {
    return this.#siteServers.origins;
  }

  get address(): { readonly host: string; readonly port: number } {
    const { host = "", port = 0 } = this.#loadListener ?? {};
    return { host, port };
  }

  /** Link 234 to account holders; to everybody else `others`. */
  clientFor(others: HttpClient): HttpClient {
    const { links, carriers } = this.#parts;
    const of = (far: "bank-server" | "load-server" | "additional-server") =>
      links.http(carriers.http, { link: "234", near: "head-end", far });
    const clients = {
      "bank-server": of("bank-server"),
      "load-server": of("load-server"),
      "additional-server": of("additional-server"),
    };
    return (origin, request, deadline) => {
      const role = this.#siteServers.roleAt(origin);
      return (role === undefined ? others : clients[role])(origin, request, deadline);
    };
  }

  /** Link 236 from the head end to whoever is at the address on a load page. */
  connector(host: string, port: number): Connector {
    return this.#to(host, port, "head-end");
  }

  /** A channel of the bench itself to the load server, beside the head end. */
  async channel(deadline: Deadline): Promise<MessageChannel> {
    const { carriers, trace } = this.#parts;
    const { host, port } = this.address;
    const ends = { link: "236", near: "bench", far: "load-server" } as const;
    return await recordConnector(carriers.reach(host, port), ends, trace).connect(deadline);
  }

  /** A connection of the bench itself to the HSM. */
  async hsmChannel(deadline: Deadline): Promise<MessageChannel> {
    const ends = { link: "HSM", near: "bench", far: "hsm" } as const;
    return await recordConnector(this.#toHsm(), ends, this.#parts.trace).connect(deadline);
  }

  /** One request to an account holder, beside the head end. */
  async http(SITE: string, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const { carriers, trace, facts } = this.#parts;
    const source = facts.loadSites.find((site) => site.SITE === SITE)?.source;
    const origin = this.origins.get(SITE);
    if (origin === undefined) throw new PursebenchError("INTERNAL", `no site for loading is called ${SITE}`);
    const far = source === "bank" ? "bank-server" : "load-server";
    return await recordHttp(carriers.http, { link: "234", near: "bench", far }, trace)(origin, request, deadline);
  }

  /** Every account holder asks about holds that nothing has ended, however young they are. */
  async settleHolds(): Promise<void> {
    await this.#siteServers.settleHolds();
    await (await this.#loadUp()).server.settleHolds(0);
  }

  /** As a crash would. What was stored stays. */
  async restart(role: "bank-server" | "load-server" | "hsm"): Promise<void> {
    switch (role) {
      case "bank-server":
        return await this.#siteServers.restart("bank");
      case "hsm":
        await this.#hsmListener?.[Symbol.asyncDispose]();
        return await this.#startHsm();
      case "load-server":
        await this.#stopLoad();
        await this.#siteServers.restart("pre-funded");
        return await this.#startLoad();
      default:
        return unreachable(role);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopLoad();
    await this.#hsmListener?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    await this.#startHsm();
    await this.#startLoad();
    const { address } = this;
    const toLoadServer = this.#to(address.host, address.port, "bank-server");
    this.#sites = this.#stack.use(await LoadSiteServers.start({ ...this.#parts, loadServer: address, toLoadServer }));
  }

  async #startHsm(): Promise<void> {
    const { bench, carriers, clock, keys, variation } = this.#parts;
    if (bench.hsm.external) return;
    const role = variation.hsm?.(hsm) ?? hsm;
    const serve = serveHsm({ keys: hsmKeys(keys, bench.loadServer.IDACQ), clock, role });
    // a connection to the HSM stays open: nobody waits for its end
    this.#hsmListener = await carriers.serve("HSM", serve, this.#hsmListener ?? bench.hsm);
  }

  async #startLoad(): Promise<void> {
    const { bench, carriers, sessions } = this.#parts;
    const serve: ServeChannel = async (channel) => await (await this.#loadUp()).serve(channel);
    this.#loadListener = await carriers.serve("236", sessions.watch(serve), this.#loadListener ?? bench.loadServer);
  }

  async #stopLoad(): Promise<void> {
    const up = this.#up;
    this.#up = undefined;
    await (await up)?.server[Symbol.asyncDispose]();
    await this.#loadListener?.[Symbol.asyncDispose]();
  }

  /** The load server; what an earlier one left is mended before it serves. */
  #loadUp(): Promise<Up> {
    this.#up ??= this.#newLoadServer();
    return this.#up;
  }

  async #newLoadServer(): Promise<Up> {
    const { bench, books, keys, currencies, clock, random, trace, timeouts, variation, links } = this.#parts;
    const { loads, heldLoads } = await books();
    const ends = { link: "HSM", near: "load-server", far: "hsm" } as const;
    const way = links.connector(this.#toHsm(), ends);
    const hsmAccess = this.#stack.use(hsmOver(way, clock));
    const funds = new Map(
      await Promise.all(
        [...this.origins.keys()].map(async (SITE) => [SITE, await this.#siteServers.fund(SITE)] as const),
      ),
    );
    const held = variation.heldLoads?.(heldLoads) ?? heldLoads;
    const server = serveLoadServer({
      settings: loadSettings(keys, bench.loadServer.IDACQ, currencies),
      contracts: loadContracts(keys),
      database: variation.loadDatabase?.(loads) ?? loads,
      hsm: hsmAccess,
      accounts: ownAccounts(held, this.#siteServers.operators),
      funds: (SITE) => funds.get(SITE),
      clock,
      random,
      trace,
      timeouts,
      role: variation.loadServer?.(loadServer) ?? loadServer,
    });
    await server.recover();
    return { server, serve: server.serve };
  }

  get #siteServers(): LoadSiteServers {
    if (this.#sites) return this.#sites;
    throw new PursebenchError("INTERNAL", "the account holders are not up yet");
  }

  /** The issuer's HSM: our own, or the one that the bench description names. */
  #toHsm(): Connector {
    const { bench, clock } = this.#parts;
    const { host, port, external } = bench.hsm;
    return external
      ? connectTcp({ host, port, lengthBytes: HSM_LENGTH_BYTES }, clock)
      : later(() => this.#hsmListener?.connector, "HSM");
  }

  #to(host: string, port: number, near: "head-end" | "bank-server"): Connector {
    const { carriers, links } = this.#parts;
    return links.connector(carriers.reach(host, port), { link: "236", near, far: "load-server" });
  }
}
