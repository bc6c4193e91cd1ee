/** Steps 602 to 606: the order reaches the merchant, and the merchant answers with its payment page. */
import { type Case, defineCase } from "../define/case.ts";
import { baseSites } from "./support/base-sites.ts";
import {
  orderPage,
  payableItems,
  standardItem,
  statusPath,
  theCheckout,
  theDelivery,
} from "./support/merchant-site.ts";
import { theMessage, thePage } from "./support/observe.ts";

const suite = "payment";
const links = ["cable", "234"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-602-01",
    suite,
    purpose: "The selected goods, their number and the wish to pay by smart card travel to the merchant's site",
    requirements: ["PAY-BASE-602"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-602" };
      const item = payableItems(t.facts).at(-1) ?? standardItem(t);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { event, message } = theMessage(t, seen, "cable", "selection", about);
      const { SITE, ITEM, QUANTITY, PAYMENT } = message;
      const wanted = { SITE: item.SITE, ITEM: item.ITEM, QUANTITY: 1, PAYMENT: 1 };
      t.expect.equal("selection", { SITE, ITEM, QUANTITY, PAYMENT }, wanted, { ...about, at: event });
      const { request, method, fields } = theCheckout(t, seen, about);
      t.expect.equal("method", method, "POST", { ...about, at: request });
      t.expect.equal("item at the merchant's site", fields.get("item"), item.ITEM, { ...about, at: request });
      t.expect.equal("quantity at the merchant's site", fields.get("quantity"), "1", { ...about, at: request });
      t.expect.equal("payment that is asked for", fields.get("payment"), "smart-card", { ...about, at: request });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-604-01",
    suite,
    purpose: "The merchant answers a request that comes through the head end with a payment page for that request",
    requirements: ["PAY-BASE-604"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-604" };
      const item = standardItem(t);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { status, response, request } = theCheckout(t, seen, about);
      t.expect.present("the merchant's answer to the head end", response, { ...about, at: request });
      t.expect.equal("status of the answer", status, 200, { ...about, at: response });
      t.expect.equal("total for the item asked for", thePage(t, seen, about).page.MPDA, item.price, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-0071-01",
    suite,
    purpose:
      "The head end's browser visits the merchant's site in the user's session, which the site needs for an order",
    requirements: ["PAY-BASE-0071", "UI-504-a"],
    owner: "server",
    needs: { links },
    async run(t) {
      const item = standardItem(t);
      const body = `item=${encodeURIComponent(item.ITEM)}&quantity=1&payment=smart-card`;
      const bare = await t.system.http(item.SITE, { method: "POST", path: "/checkout", body });
      t.expect.equal("status of an order without a session", bare.status, 400, { requirement: "PAY-BASE-0071" });
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { status, request } = theCheckout(t, seen, { requirement: "UI-504-a" });
      const at = { requirement: "PAY-BASE-0071", at: request };
      t.expect.equal("status of the order by way of the head end", status, 200, at);
      t.expect.order(seen, ["602", "604", "606", "607"], { requirement: "UI-504-a" });
      t.expect.completed(seen, { requirement: "PAY-BASE-0071" });
    },
  }),
  defineCase({
    id: "PAY-606-01",
    suite,
    purpose: "The total cost on the page is the merchant's own: price times number, whatever the user's side submits",
    requirements: ["PAY-BASE-606-a", "MS-0046-a"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-a" };
      const item = standardItem(t);
      const plain = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM, QUANTITY: 2 });
      const { event, page } = thePage(t, plain, { requirement: "MS-0046-a" });
      t.expect.equal("total of two", page.MPDA, 2 * item.price, { requirement: "MS-0046-a", at: event });
      const cheap = await orderPage(t, item, 1, "&total-cost=1&price=1&amount=1&MPDA=1");
      t.expect.equal("total where the user's side submits another one", cheap.MPDA, item.price, about);
      t.expect.completed(plain, about);
    },
  }),
  defineCase({
    id: "PAY-606-02",
    suite,
    purpose: "The page states currency and exponent of the price",
    requirements: ["PAY-BASE-606-b", "PAY-BASE-606-g"],
    owner: "server",
    needs: { links },
    async run(t) {
      const item = standardItem(t);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { event, page } = thePage(t, seen, { requirement: "PAY-BASE-606-b" });
      t.expect.equal("currency", page.CURRPDA, item.CURR, { requirement: "PAY-BASE-606-b", at: event });
      t.expect.equal("exponent", page.CEXPPDA, item.CEXP, { requirement: "PAY-BASE-606-g", at: event });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-606-03",
    suite,
    purpose: "The page names address and port of the payment server, and the draw request goes there",
    requirements: ["PAY-BASE-606-c", "PAY-BASE-606-d"],
    owner: "server",
    needs: { links: ["234", "236"] },
    async run(t) {
      const { host, port } = t.facts.paymentServer;
      const seen = await t.system.purchase();
      const { event, page } = thePage(t, seen, { requirement: "PAY-BASE-606-c" });
      t.expect.equal("address of the payment server", page.HOST, host, { requirement: "PAY-BASE-606-c", at: event });
      t.expect.equal("port of the payment server", page.PORT, port, { requirement: "PAY-BASE-606-d", at: event });
      theMessage(t, seen, "236", "draw-request", { requirement: "PAY-BASE-606-c" });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-606-04",
    suite,
    purpose:
      "Every page has an identifier of its own, under which both merchant and payment server know the transaction",
    requirements: ["PAY-BASE-606-e", "MS-0047-a"],
    owner: "server",
    needs: { links, database: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-e" };
      const item = standardItem(t);
      const identifiers: string[] = [];
      for (let order = 0; order < 4; order++) identifiers.push((await orderPage(t, item)).IDTRX);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { IDTRX } = thePage(t, seen, about).page;
      identifiers.push(IDTRX);
      t.expect.equal("different identifiers on five pages", new Set(identifiers).size, 5, about);
      t.expect.completed(seen, about);
      const row = t.expect.present("the payment server's transaction", await t.system.transaction(IDTRX), about);
      const sale = t.expect.present("the merchant's sale", await t.system.sale(IDTRX), about);
      t.expect.equal("total with merchant and payment server", [sale.MPDA, row.MPDA], [item.price, item.price], about);
    },
  }),
  defineCase({
    id: "PAY-606-05",
    suite,
    purpose: "Each merchant's page carries the identifier that the acquirer gave to this merchant and to no other",
    requirements: ["PAY-BASE-606-f", "MS-0047-b"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-f" };
      const known: string[] = [];
      for (const { SITE, IDMER } of baseSites(t.facts)) {
        const item = payableItems(t.facts).find((each) => each.SITE === SITE);
        if (!item) continue;
        const seen = await t.system.purchase({ SITE, ITEM: item.ITEM });
        const { event, page } = thePage(t, seen, about);
        const requirement = known.includes(page.IDMER) ? "MS-0047-b" : "PAY-BASE-606-f";
        t.expect.equal(`merchant identifier of ${SITE}`, page.IDMER, IDMER, { requirement, at: event });
        t.expect.completed(seen, about);
        known.push(page.IDMER);
      }
      t.expect.equal("different identifiers of the merchants", new Set(known).size, known.length, {
        requirement: "MS-0047-b",
      });
    },
  }),
  defineCase({
    id: "PAY-606-06",
    suite,
    purpose: "The status URL is on the merchant's own site, and the merchant takes confirmations there",
    requirements: ["PAY-BASE-606-h"],
    owner: "server",
    needs: { links },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-h" };
      const item = standardItem(t);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { event, page } = thePage(t, seen, about);
      const site = t.facts.sites.find(({ SITE }) => SITE === item.SITE);
      const origin = new URL(t.expect.present("the site", site).origin).origin;
      t.expect.equal("origin of the status URL", new URL(page.URL).origin, origin, { ...about, at: event });
      const { path, status, response } = theDelivery(t, seen, about);
      t.expect.equal("where the confirmation goes", path.split("?")[0], statusPath(page), about);
      t.expect.equal("answer to the confirmation", status, 200, { ...about, at: response });
      t.expect.completed(seen, about);
    },
  }),
];
