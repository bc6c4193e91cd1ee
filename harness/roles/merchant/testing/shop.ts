/** A shop of the base payment, for the tests of the merchant. */
import { fromHex, toHex } from "../../../core/bytes.ts";
import { systemClock } from "../../../core/clock.ts";
import { seededRandom } from "../../../core/random.ts";
import type { TraceEvent } from "../../../core/trace.ts";
import { type Confirmation, sealConfirmation } from "../../../crypto/confirmation.ts";
import type { HttpRequest } from "../../../link/exchange.ts";
import { type PaymentPage, parsePaymentPage } from "../../../protocol/messages/payment-page.ts";
import { type MerchantOptions, serveMerchant } from "../serve.ts";
import type { CatalogueItem } from "../site.ts";

export const KMER = fromHex("000102030405060708090A0B0C0D0E0F");

export const identity = {
  IDMER: "SHOP0001",
  KMER,
  origin: "https://shop.test",
  paymentServer: { host: "10.1.2.3", port: 4711 },
};

export const news: CatalogueItem = {
  ITEM: "news-1",
  title: `The "News" & <more>`,
  price: 123,
  CURR: "0978",
  CEXP: 2,
  kind: "information",
  content: "<b>rain</b> at noon",
};

export const book: CatalogueItem = {
  ITEM: "book",
  title: "A book",
  price: 0x7fffffff,
  CURR: "0392",
  CEXP: 0,
  kind: "goods",
};

export function shop(over: Partial<MerchantOptions> = {}) {
  const trace: TraceEvent[] = [];
  const server = serveMerchant({
    identity,
    catalogue: [news, book],
    clock: systemClock,
    random: seededRandom("merchant"),
    trace: (event) => trace.push(event),
    ...over,
  });
  return { ...server, trace };
}

type Shop = ReturnType<typeof shop>;

export function post(
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: HttpRequest["headers"] = {},
): HttpRequest {
  const body = new URLSearchParams(fields).toString();
  return { method: "POST", path, headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body };
}

export const order = { item: "news-1", quantity: "3", payment: "smart-card" };

export const session = { cookie: "theme=dark; session=0123456789abcdef" };

/** Orders, and reads the page as the head end does. */
export async function buy(server: Shop, fields: Partial<typeof order> = {}): Promise<PaymentPage> {
  const response = await server.handler(post("/checkout", { ...order, ...fields }, session));
  const parsed = parsePaymentPage(response.body);
  if (!parsed.ok) throw new Error(`status ${response.status}: ${parsed.reason}`);
  return parsed.page;
}

export function confirmationFor(page: PaymentPage, over: Partial<Confirmation> = {}, key = KMER): string {
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = page;
  const rest = { CC: "0000", IDTERM: "00000001", NTPSAM: 9, DTHR: "20310506070809" };
  return toHex(
    sealConfirmation(key, { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, ...rest, ...over }, new Uint8Array(12).fill(7)),
  );
}

export async function confirm(server: Shop, page: PaymentPage, confirmation = confirmationFor(page)) {
  return await server.handler(post(new URL(page.URL).pathname, { "transaction-id": page.IDTRX, confirmation }));
}

export const logged = ({ trace }: Shop) =>
  trace.flatMap((event) => (event.kind === "log" ? [[event.entry, event.fields]] : []));
