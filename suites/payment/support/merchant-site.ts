/** The merchant's side of a purchase: its catalogue, and what passes on link 234. */
import type { MessageEvent, PurchaseObservation, RecordedEvent, SystemFacts } from "../../../harness/flows/system.ts";
import { type PaymentPage, parsePaymentPage } from "../../../harness/protocol/messages/payment-page.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { baseItems } from "./base-sites.ts";
import { messagesOn } from "./observe.ts";

export type Item = SystemFacts["catalogue"][number];

/** Any session of a user at a site: the harness's own, beside that of the set-top box. */
export const OWN_SESSION = "00112233445566AA";

/** Items that cost the same currency as the bench's standard item, so that the card under test can pay them. */
export function payableItems(facts: SystemFacts): readonly Item[] {
  const items = baseItems(facts);
  const [first] = items;
  return items.filter((item) => item.CURR === first?.CURR && item.CEXP === first.CEXP);
}

/** The bench's standard item. */
export function standardItem(t: CaseContext): Item {
  return t.expect.present("an item in the catalogue", t.facts.catalogue[0]);
}

/** An item of another title and price than `item`, at the same site if there is one. */
export function anotherItem(t: CaseContext, item: Item): Item {
  const others = payableItems(t.facts).filter(({ title, price }) => title !== item.title && price !== item.price);
  return t.expect.present("a second item to sell", others.find(({ SITE }) => SITE === item.SITE) ?? others[0]);
}

/** For `applies`. */
export function sellsTwoItems({ facts }: { readonly facts: SystemFacts }): true | string {
  const [first, ...others] = payableItems(facts);
  const has = others.some(({ title, price }) => title !== first?.title && price !== first?.price);
  return has || "the catalogue has only one item that the card can pay";
}

/** One request of the head end and the merchant's answer, as they passed on link 234. */
export interface HttpExchange {
  readonly request: MessageEvent;
  readonly method: string;
  /** With query, without origin. */
  readonly path: string;
  readonly fields: URLSearchParams;
  readonly response: MessageEvent | undefined;
  readonly status: number | undefined;
  readonly body: string;
}

/** Everything that the head end asked merchants for, in order. */
export function exchangesOf(seen: PurchaseObservation | readonly RecordedEvent[]): readonly HttpExchange[] {
  const messages = messagesOn(seen, "234");
  return messages.flatMap((request, index) => {
    if (request.from !== "head-end") return [];
    const next = messages[index + 1];
    const response = next?.from === "merchant" ? next : undefined;
    const { head, body } = parts(request.bytes);
    const [method = "", path = ""] = head.split(" ");
    const answer = response ? parts(response.bytes) : undefined;
    return [
      {
        request,
        method,
        path,
        fields: new URLSearchParams(body),
        response,
        status: answer && Number(answer.head),
        body: answer?.body ?? "",
      },
    ];
  });
}

/** The request for the payment page (602 to 606). */
export function theCheckout(t: CaseContext, seen: PurchaseObservation, about?: About): HttpExchange {
  const found = exchangesOf(seen).find(({ request }) => request.step === "604");
  return t.expect.present("request for a smart card transaction (604) on link 234", found, about);
}

/** The confirmation and the merchant's answer to it (636, 640). */
export function theDelivery(t: CaseContext, seen: PurchaseObservation, about?: About): HttpExchange {
  const found = exchangesOf(seen).find(({ request }) => request.step === "636");
  return t.expect.present("confirmation (636) on link 234", found, about);
}

/** Orders at the site as a browser of the harness's own, and reads the payment page. */
export async function orderPage(t: CaseContext, item: Item, QUANTITY = 1, more = ""): Promise<PaymentPage> {
  const form = new URLSearchParams({ item: item.ITEM, quantity: String(QUANTITY), payment: "smart-card" });
  const request = { method: "POST", path: "/checkout", session: OWN_SESSION } as const;
  const { status, body } = await t.system.http(item.SITE, { ...request, body: form.toString() + more });
  t.expect.equal(`status of the payment page for ${item.ITEM}`, status, 200);
  return readPage(t, body, item.ITEM);
}

function readPage(t: CaseContext, body: string, what: string): PaymentPage {
  const parsed = parsePaymentPage(body);
  const page = parsed.ok ? parsed.page : undefined;
  t.expect.equal(
    `applet parameters of the payment page for ${what}`,
    parsed.ok ? "complete" : parsed.reason,
    "complete",
  );
  return t.expect.present("payment page", page);
}

/** Path below the origin of the page's status URL. */
export function statusPath({ URL: address }: Pick<PaymentPage, "URL">): string {
  return new URL(address).pathname;
}

/** What a person reads of a page: no markup, entities resolved, one blank between words. */
export function readableText(html: string): string {
  const text = html.replace(/<style[\s\S]*?<\/style>/gi, " ").replace(/<[^>]*>/g, " ");
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity).replace(/\s+/g, " ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** 1290 with two decimals in any usual writing: "12.90", "12,90". Not a part of a longer number. */
export function amountPattern(minor: number, CEXP: number): RegExp {
  const digits = String(minor).padStart(CEXP + 1, "0");
  const units = digits.slice(0, digits.length - CEXP);
  const decimals = CEXP === 0 ? "" : `[.,]${digits.slice(-CEXP)}`;
  return new RegExp(`(?<![\\d.,])${units}${decimals}(?![\\d]|[.,]\\d)`);
}

function parts(bytes: Uint8Array): { readonly head: string; readonly body: string } {
  const text = new TextDecoder().decode(bytes);
  const at = text.indexOf("\n\n");
  return at < 0 ? { head: text, body: "" } : { head: text.slice(0, at), body: text.slice(at + 2) };
}
