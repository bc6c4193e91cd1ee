import { toHex } from "../../core/bytes.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import { formFields, sessionOf } from "../web/form.ts";
import { answer, type MerchantStep, REFUSALS } from "./answers.ts";
import type { LayerRandomness } from "./layer.ts";
import type { Sale } from "./sale.ts";
import { paymentPage } from "./shop-pages.ts";
import type { CatalogueItem, MerchantSite } from "./site.ts";

/** `POST /checkout` (604): opens a sale at the merchant's own price and answers its payment page (606). */
export function checkout(
  site: MerchantSite,
  request: HttpRequest,
  IDTRX: string,
  layer: LayerRandomness | undefined,
): MerchantStep {
  const form = formFields(request, ["item", "quantity", "payment"]);
  const SESSION = sessionOf(request);
  const QUANTITY = quantityOf(form?.quantity ?? "");
  if (form === undefined || SESSION === undefined || QUANTITY === undefined || form.payment !== "smart-card") {
    return answer(REFUSALS.malformed());
  }
  const item = site.catalogue.find(({ ITEM }) => ITEM === form.item);
  if (item === undefined) return answer(REFUSALS.noSuchItem());
  const ordered = saleOf(item, QUANTITY, IDTRX, SESSION);
  const sale = layer === undefined ? ordered : { ...ordered, RND: toHex(layer.RND) };
  if (sale.MPDA > 0xffff_ffff) return answer(REFUSALS.malformed()); // no message could carry that total
  return answer(paymentPage(site, item, sale, layer), [
    { kind: "add-sale", sale },
    { kind: "log", entry: "transaction-created", step: "606", IDTRX, fields: { MPDA: sale.MPDA, ITEM: sale.ITEM } },
  ]);
}

/** The total is the merchant's own: nothing of it comes from the request but how many. */
export function saleOf(item: CatalogueItem, QUANTITY: number, IDTRX: string, SESSION: string): Sale {
  const MPDA = item.price * QUANTITY;
  return { IDTRX, ITEM: item.ITEM, QUANTITY, MPDA, CURRPDA: item.CURR, CEXPPDA: item.CEXP, status: "open", SESSION };
}

function quantityOf(text: string): number | undefined {
  const quantity = /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : 0;
  return quantity >= 1 && quantity <= 255 ? quantity : undefined;
}
