import { formatAmount } from "../../core/currency.ts";
import type { HttpResponse } from "../../link/exchange.ts";
import { PAYMENT_OBJECT_TYPE } from "../../protocol/messages/payment-page.ts";
import { html, type Markup } from "../web/html.ts";
import { page } from "../web/page.ts";
import type { LayerRandomness } from "./layer.ts";
import { paymentParameters } from "./parameters.ts";
import type { Sale } from "./sale.ts";
import type { CatalogueItem, MerchantSite } from "./site.ts";

/** What is for sale (`GET /`). */
export function cataloguePage({ catalogue }: MerchantSite): HttpResponse {
  return page(
    200,
    "Catalogue",
    html`<table>
<thead><tr><th scope="col">Item</th><th scope="col" class="amount">Price</th><th scope="col">Order</th></tr></thead>
<tbody>
${catalogue.map(catalogueRow)}
</tbody>
</table>`,
  );
}

function catalogueRow({ ITEM, title, price, CURR, CEXP }: CatalogueItem): Markup {
  return html`<tr><td>${title}</td><td class="amount">${formatAmount(price, CURR, CEXP)}</td><td>
<form method="post" action="/checkout">
<input type="hidden" name="item" value="${ITEM}"><input type="hidden" name="payment" value="smart-card">
<label>Quantity <input type="number" name="quantity" value="1" min="1" max="255" required></label>
<button>Pay by smart card</button>
</form></td></tr>`;
}

/** The payment page (606): the total for the user, and the parameters for the code module at the head end. */
export function paymentPage(
  site: MerchantSite,
  item: CatalogueItem,
  sale: Sale,
  layer: LayerRandomness | undefined,
): HttpResponse {
  const total = formatAmount(sale.MPDA, sale.CURRPDA, sale.CEXPPDA);
  const parameters = Object.entries(paymentParameters(site, item, sale, layer));
  return page(
    200,
    "Payment",
    html`<table>
<thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col" class="amount">Price</th></tr></thead>
<tbody><tr><td>${item.title}</td><td>${sale.QUANTITY}</td><td class="amount">${formatAmount(item.price, item.CURR, item.CEXP)}</td></tr></tbody>
</table>
<p class="total">Total: ${total}</p>
<p>The amount is taken from your card when you accept it at the set-top box.</p>
<object type="${PAYMENT_OBJECT_TYPE}">
${parameters.map(([name, value]) => html`<param name="${name}" value="${value}">`)}
<p>This page needs a set-top box with a smart card reader.</p>
</object>`,
  );
}

/** What was bought (640): the information itself, or a receipt for goods; both with the amount paid. */
export function purchasePage(item: CatalogueItem | undefined, sale: Sale): HttpResponse {
  const title = item?.title ?? sale.ITEM;
  const paid = html`<p>Paid: ${formatAmount(sale.MPDA, sale.CURRPDA, sale.CEXPPDA)} for ${sale.QUANTITY} × ${title}.</p>
<p>Transaction ${sale.IDTRX}</p>`;
  return item?.kind === "information"
    ? page(200, title, html`<pre>${item.content ?? ""}</pre>\n${paid}`)
    : page(200, "Receipt", html`${paid}\n<p>The goods will be delivered to you.</p>`);
}

/** Tells the payment server that the sale is paid; the goods are for the user. */
export const PAID: HttpResponse = {
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  body: "",
};
