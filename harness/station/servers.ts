/** The reference servers of one system, each on its links, each able to crash and start again on what it had stored. */
import { setMaxListeners } from "node:events";
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError, unreachable } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { Connector, MessageChannel } from "../device/contracts.ts";
import type { ClearedSale } from "../flows/money.ts";
import type { PaymentServerName, ServerRole, SystemFacts } from "../flows/system.ts";
import type { Exchange, HttpRequest, HttpResponse, TerminalAccess } from "../link/exchange.ts";
import { recordHttp } from "../link/record.ts";
import { routedTerminals } from "../roles/concentrator/routed-terminals.ts";
import { headEnd } from "../roles/head-end/model.ts";
import { serveHeadEnd } from "../roles/head-end/serve.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import type { Books } from "./books.ts";
import type { Carriers, Reachable } from "./carriers.ts";
import { issuersOf } from "./clearing-parties.ts";
import { type ClearingParts, ClearingService } from "./clearing-service.ts";
import { later } from "./later.ts";
import type { Links } from "./links.ts";
import type { LoadingParts } from "./loading-parts.ts";
import { LoadingService } from "./loading-service.ts";
import { openBalances } from "./opening-balances.ts";
import { PaymentService } from "./payment-service.ts";
import { Sessions } from "./sessions.ts";
import { Sites } from "./sites.ts";
import type { SystemTimeouts } from "./timeouts.ts";

export interface ServerParts {
  readonly bench: Bench;
  readonly books: (clock: Clock) => Promise<Books>;
  readonly facts: SystemFacts;
  readonly catalogue: readonly (SystemFacts["catalogue"][number] & { readonly content: string })[];
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly carriers: Carriers;
  readonly lines: ReadonlyMap<string, Exchange>;
  readonly databases: Readonly<Record<PaymentServerName, PaymentDatabase>>;
  /** Where the payment servers listen; port 0 takes a free one. */
  readonly addresses: Readonly<Record<PaymentServerName, { readonly host: string; readonly port: number }>>;
  /** Whether the head end tells the user "debited" (step 636). */
  readonly announceDebit: boolean;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly timeouts: SystemTimeouts;
  readonly variation: Variation;
}

/** All up after `start`. */
export class Servers implements AsyncDisposable {
  readonly #parts: ServerParts;
  readonly #sessions: Sessions;
  readonly #stack = new DisposalStack();
  readonly #services = new Map<PaymentServerName, PaymentService>();
  #sites: Sites | undefined;
  #loading: LoadingService | undefined;
  #clearing: ClearingService | undefined;
  #books: Promise<Books> | undefined;
  #headEndListener: Reachable | undefined;
  #headEndLife = new AbortController();

  private constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#sessions = new Sessions((thrown) => {
      parts.trace({ kind: "note", text: `a server session ended with ${String(thrown)}` });
    });
  }

  static async start(parts: ServerParts): Promise<Servers> {
    const servers = new Servers(parts);
    try {
      await servers.#start();
      return servers;
    } catch (thrown) {
      await servers[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Where a set-top box reaches the head end. */
  get headEnd(): Connector {
    const way = later(() => this.#headEndListener?.connector, "head end");
    return this.#parts.links.connector(way, { link: "cable", near: "set-top-box", far: "head-end" });
  }

  get paymentAddress(): { readonly host: string; readonly port: number } {
    return this.#service("payment-server").address;
  }

  get sites(): Sites {
    if (this.#sites) return this.#sites;
    throw new PursebenchError("INTERNAL", "the sites are not up yet");
  }

  get loading(): LoadingService {
    if (this.#loading) return this.#loading;
    throw new PursebenchError("INTERNAL", "this bench has nothing to load from");
  }

  get clearing(): ClearingService {
    if (this.#clearing) return this.#clearing;
    throw new PursebenchError("INTERNAL", "the clearing system is not up yet");
  }

  /** Opened, with the opening balances, when they are first asked for: most cases need none. */
  books(): Promise<Books> {
    this.#books ??= this.#openBooks();
    return this.#books;
  }

  /** True once somebody has needed the books: before, they are as at the opening. */
  get hasBooks(): boolean {
    return this.#books !== undefined;
  }

  /** Every sale that clearing has taken. */
  async cleared(): Promise<readonly ClearedSale[]> {
    const { clearing } = await this.books();
    return (await clearing.batches()).flatMap(({ BATCHNO, NTCOL, members }) =>
      members.map((member) => ({ ...member, BATCHNO, NTCOL })),
    );
  }

  /** The terminals of both payment servers as the harness itself asks them. */
  get ownTerminals(): TerminalAccess {
    return routedTerminals(new Map([...this.#services.values()].flatMap((service) => [...service.ownTerminals])));
  }

  /** Of one payment server, or of both; none for one that the bench does not have. */
  databases(server?: PaymentServerName): readonly PaymentDatabase[] {
    const some = server === undefined ? [...this.#services.keys()] : [server];
    return some.flatMap((name) => this.#services.get(name)?.database ?? []);
  }

  idle(): Promise<void> {
    return this.#sessions.idle();
  }

  /** As the bench itself, beside the head end. */
  async http(SITE: string, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    if (this.#loading?.origins.has(SITE)) return await this.#loading.http(SITE, request, deadline);
    const { carriers, trace } = this.#parts;
    const client = recordHttp(carriers.http, { link: "234", near: "bench", far: "merchant" }, trace);
    return await this.sites.http(SITE, request, client, deadline);
  }

  /** A payment server by its name, for collection. */
  service(
    server: PaymentServerName,
  ): Pick<PaymentService, "collect" | "collectAtIntervals" | "fetchDeliveries" | "database"> {
    return this.#service(server);
  }

  paymentChannel(server: PaymentServerName, deadline: Deadline): Promise<MessageChannel> {
    return this.#service(server).channel(deadline);
  }

  async restart(role: Exclude<ServerRole, "terminal">): Promise<void> {
    switch (role) {
      case "concentrator":
        for (const service of this.#services.values()) await service.restartConcentrator();
        return;
      case "payment-server":
      case "head-end-payment-server":
        return await this.#service(role).restart();
      case "bank-server":
      case "load-server":
      case "hsm":
        return await this.loading.restart(role);
      case "concentration-point":
      case "clearing-system":
        return await this.clearing.restart(role);
      case "merchant":
        return await this.sites.restart("internet");
      case "head-end":
        this.#headEndLife.abort();
        await this.#headEndListener?.[Symbol.asyncDispose]();
        await this.sites.restart("cable"); // its merchant module goes down with it
        return await this.#startHeadEnd();
      default:
        return unreachable(role);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#headEndListener?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { facts } = this.#parts;
    this.#clearing = this.#stack.use(await ClearingService.start(this.#partsWithBooks()));
    const names = new Set(facts.terminals.map(({ server }) => server)).add("payment-server");
    const services = await Promise.all([...names].map(async (name) => [name, await this.#startService(name)] as const));
    for (const [name, service] of services) this.#services.set(name, service);
    const paymentAddress = (name: PaymentServerName) => this.#service(name).address;
    this.#sites = this.#stack.use(await Sites.start({ ...this.#parts, paymentAddress }));
    if (facts.loadSites.length > 0) this.#loading = this.#stack.use(await LoadingService.start(this.#partsWithBooks()));
    await this.#startHeadEnd();
  }

  async #startService(name: PaymentServerName): Promise<PaymentService> {
    const { databases, addresses } = this.#parts;
    const service = await PaymentService.start({
      ...this.#parts,
      name,
      database: databases[name],
      at: addresses[name],
      sessions: this.#sessions,
      clearing: () => this.clearing,
      originOf: (SITE) => this.#sites?.origins.get(SITE),
    });
    return this.#stack.use(service);
  }

  #partsWithBooks(): LoadingParts & ClearingParts {
    const { timeouts, ...parts } = this.#parts;
    return { ...parts, timeouts: timeouts.loadServer, sessions: this.#sessions, books: () => this.books() };
  }

  async #openBooks(): Promise<Books> {
    const { books: open, clock, facts, currencies, keys, variation } = this.#parts;
    const books = this.#stack.use(await open(clock));
    await openBalances(books.ledger, facts.loadSites, issuersOf({ currencies, keys }));
    const ledger = variation.ledger?.(books.ledger) ?? books.ledger;
    const clearing = variation.clearingStore?.(books.clearing) ?? books.clearing;
    return { ...books, ledger, clearing };
  }

  async #startHeadEnd(): Promise<void> {
    const { carriers, clock, random, trace, timeouts, variation, links, announceDebit, facts, keys } = this.#parts;
    const http = links.http(carriers.http, { link: "234", near: "head-end", far: "merchant" });
    this.#headEndLife = new AbortController();
    setMaxListeners(0, this.#headEndLife.signal); // every session that is under way hears of it
    const serve = serveHeadEnd({
      killed: this.#headEndLife.signal,
      http: this.#loading?.clientFor(this.sites.clientFor(http)) ?? this.sites.clientFor(http),
      loadSites: this.#loading?.headEndSites,
      connectLoad: this.#loading && ((host, port) => this.loading.connector(host, port)),
      sites: Object.fromEntries(this.sites.origins),
      connectPayment: (host, port) => this.#paymentConnector(host, port),
      clock,
      random,
      trace,
      timeouts: timeouts.headEnd,
      announceDebit,
      trustedAgent: facts.trustedHeadEnd ? (IDMER) => keys.agentKey(IDMER) : undefined,
      role: variation.headEnd?.(headEnd) ?? headEnd,
    });
    this.#headEndListener = await carriers.serve("cable", this.#sessions.watch(serve), this.#headEndListener);
  }

  /** Link 237 to the head end's own payment server, link 236 to everybody else. */
  #paymentConnector(host: string, port: number): Connector {
    const own = this.#services.get("head-end-payment-server");
    return (own?.isAt(host, port) ? own : this.#service("payment-server")).connector(host, port);
  }

  #service(name: PaymentServerName): PaymentService {
    const service = this.#services.get(name);
    if (service) return service;
    throw new PursebenchError("USAGE", `this bench has no ${name}`, {
      mend: `describe a terminal with "server: ${name}"`,
    });
  }
}
