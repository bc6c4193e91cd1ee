import { toHex } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { RoleName, TraceSink } from "../../core/trace.ts";
import { nonceLength } from "../../crypto/seal.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { drive } from "../role.ts";
import type { MerchantInput, MerchantOutput } from "./effects.ts";
import type { LayerRandomness } from "./layer.ts";
import { type MerchantRole, merchant, newRequest } from "./model.ts";
import { memorySaleStore, type Sale, type SaleStore } from "./sale.ts";
import { type CatalogueItem, checkSite, type MerchantIdentity, type MerchantSite, profileOf } from "./site.ts";

export interface MerchantOptions {
  readonly identity: MerchantIdentity;
  readonly catalogue: readonly CatalogueItem[];
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  /** Where sales are kept; in memory and for this server alone when absent. */
  readonly store?: SaleStore;
  readonly role?: MerchantRole;
  /** Of the page, "1.0" when absent. */
  readonly RELEASE?: string;
  /** Who speaks in the log: the head end, where this is the cable provider's own merchant module (FIG 16). */
  readonly as?: Extract<RoleName, "merchant" | "head-end">;
}

export interface MerchantServer {
  readonly handler: HttpHandler;
  /** Every sale, in the order of their opening. */
  sales(): Promise<readonly Sale[]>;
  sale(IDTRX: string): Promise<Sale | undefined>;
}

/** The merchant server; a carrier brings it requests. `USAGE` for a site that could make no allowed page. */
export function serveMerchant(options: MerchantOptions): MerchantServer {
  const { identity, catalogue, RELEASE = "1.0" } = options;
  const site: MerchantSite = { identity, catalogue, RELEASE, ENCRYPTION: "AES-128-GCM" };
  checkSite(site);
  const store = options.store ?? memorySaleStore();
  return {
    handler: (request) => handle(options, site, store, request),
    sales: () => store.all(),
    sale: (IDTRX) => store.find(IDTRX.toUpperCase()),
  };
}

async function handle(
  { random, trace, role = merchant, as = "merchant" }: MerchantOptions,
  site: MerchantSite,
  store: SaleStore,
  request: HttpRequest,
): Promise<HttpResponse> {
  let response: HttpResponse | undefined;
  const perform = async (output: MerchantOutput): Promise<MerchantInput | undefined> => {
    switch (output.kind) {
      case "log": {
        const { entry, step, IDTRX, fields } = output;
        return void trace({ kind: "log", role: as, entry, step, IDTRX, fields });
      }
      case "add-sale":
        return void (await store.add(output.sale));
      case "find-sale":
        return { kind: "sale", sale: await store.find(output.IDTRX) };
      case "conclude-sale":
        return { kind: "concluded", isFirst: await store.conclude(output.IDTRX, output.status) };
      case "respond":
        response = output.response;
        return undefined;
      case "end":
        return undefined; // the driver ends there
      default:
        return unreachable(output);
    }
  };
  const IDTRX = toHex(random(16));
  const first: MerchantInput = { kind: "request", request, IDTRX, layer: layerRandomness(site, random) };
  await drive(role, newRequest(site), first, perform);
  if (response === undefined) throw new PursebenchError("INTERNAL", "the merchant's model gave no response");
  return response;
}

function layerRandomness({ identity }: MerchantSite, random: Random): LayerRandomness | undefined {
  const { encryption } = profileOf(identity);
  if (encryption === undefined) return undefined;
  return { RND: random(8), TSK: random(16), nonce: random(nonceLength(encryption)) };
}
