/** Concentration point and clearing system of one system (FIG 1). What they keep is opened by the first contact with them. */
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { TraceSink } from "../core/trace.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { Variation } from "../defects/variation.ts";
import type { BatchRow, PsamUpdate, SettlementReport } from "../flows/clearing.ts";
import type { PaymentServerName, SystemFacts } from "../flows/system.ts";
import { BATCH_BODY_LIMIT } from "../link/batch-http.ts";
import type { HttpClient, HttpHandler, HttpRequest, HttpResponse } from "../link/exchange.ts";
import { recordHttp } from "../link/record.ts";
import { clearingSystem } from "../roles/clearing-system/model.ts";
import { type ClearingSystem, serveClearing } from "../roles/clearing-system/serve.ts";
import { concentrationPoint } from "../roles/concentration-point/model.ts";
import { type ConcentrationPoint, serveConcentrationPoint } from "../roles/concentration-point/serve.ts";
import type { Books } from "./books.ts";
import type { Carriers } from "./carriers.ts";
import { clearingParties, updateOrder } from "./clearing-parties.ts";
import type { Links } from "./links.ts";

export interface ClearingParts {
  readonly bench: Bench;
  readonly facts: SystemFacts;
  readonly currencies: readonly { readonly CURR: string; readonly CEXP: number }[];
  readonly carriers: Carriers;
  readonly books: () => Promise<Books>;
  readonly keys: TestKeySet;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly links: Links;
  readonly variation: Variation;
}

export type ClearingRoleName = "concentration-point" | "clearing-system";

type Site = AsyncDisposable & { readonly origin: string };

export class ClearingService implements AsyncDisposable {
  readonly #parts: ClearingParts;
  readonly #sites = new Map<ClearingRoleName, Site>();
  #point: Promise<ConcentrationPoint> | undefined;
  #clearing: Promise<ClearingSystem> | undefined;

  private constructor(parts: ClearingParts) {
    this.#parts = parts;
  }

  static async start(parts: ClearingParts): Promise<ClearingService> {
    const service = new ClearingService(parts);
    await service.#open("concentration-point", async (request) => (await service.#pointUp()).handler(request));
    await service.#open("clearing-system", async (request) => (await service.#clearingUp()).handler(request));
    return service;
  }

  /** Where a payment server brings its batches. */
  get concentrationPoint(): string {
    return this.#origin("concentration-point");
  }

  /** Link batch as a payment server has it. */
  client(near: PaymentServerName): HttpClient {
    const { links, carriers } = this.#parts;
    return links.http(carriers.http, { link: "batch", near, far: "concentration-point" });
  }

  async forward(): Promise<void> {
    await (await this.#pointUp()).forward();
  }

  async settle(): Promise<SettlementReport> {
    const outcome = await (await this.#clearingUp()).settle();
    if (outcome.kind === "settled") return { ...outcome.report, text: outcome.text };
    const text = outcome.kind === "nothing" ? [] : [`refused: ${outcome.reason}`];
    return { N: undefined, issuers: [], merchants: [], text };
  }

  async issueUpdate(update: PsamUpdate): Promise<void> {
    await (await this.#clearingUp()).issueUpdate(updateOrder(this.#parts.keys, update), update.IDPSAM);
  }

  async batches(at: ClearingRoleName): Promise<readonly BatchRow[]> {
    return await (await (at === "clearing-system" ? this.#clearingUp() : this.#pointUp())).batches();
  }

  /** As the bench itself. */
  async http(to: ClearingRoleName, request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const { carriers, trace } = this.#parts;
    const client = recordHttp(carriers.http, { link: "batch", near: "bench", far: to }, trace);
    return await client(this.#origin(to), request, deadline);
  }

  /** As a crash would. What it had stored stays. */
  async restart(role: ClearingRoleName): Promise<void> {
    if (role === "clearing-system") this.#clearing = undefined;
    else this.#point = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stack = new DisposalStack();
    for (const site of this.#sites.values()) stack.use(site);
    await stack[Symbol.asyncDispose]();
  }

  async #open(role: ClearingRoleName, handler: HttpHandler): Promise<void> {
    const anywhere = undefined; // each at an address of its own
    this.#sites.set(role, await this.#parts.carriers.site(handler, anywhere, { bodyLimit: BATCH_BODY_LIMIT }));
  }

  #origin(role: ClearingRoleName): string {
    const site = this.#sites.get(role);
    if (site) return site.origin;
    throw new PursebenchError("INTERNAL", `the ${role} is not up yet`);
  }

  #pointUp(): Promise<ConcentrationPoint> {
    this.#point ??= this.#startPoint();
    return this.#point;
  }

  async #startPoint(): Promise<ConcentrationPoint> {
    const { books, links, carriers, clock, trace, variation } = this.#parts;
    const role = variation.concentrationPoint?.(concentrationPoint) ?? concentrationPoint;
    return serveConcentrationPoint({
      senders: clearingParties(this.#parts).senders,
      store: (await books()).queue,
      http: links.http(carriers.http, { link: "batch", near: "concentration-point", far: "clearing-system" }),
      clearing: this.#origin("clearing-system"),
      clock,
      trace,
      role,
    });
  }

  #clearingUp(): Promise<ClearingSystem> {
    this.#clearing ??= this.#startClearing();
    return this.#clearing;
  }

  async #startClearing(): Promise<ClearingSystem> {
    const { books, keys, clock, trace, variation } = this.#parts;
    const MKC = keys.masterCollectionKey();
    if (!MKC) throw new PursebenchError("USAGE", "the test key set has no master collection key");
    const { clearing: store, ledger } = await books();
    const role = variation.clearingSystem?.(clearingSystem) ?? clearingSystem;
    return serveClearing({ parties: clearingParties(this.#parts), MKC, store, ledger, clock, trace, role });
  }
}
