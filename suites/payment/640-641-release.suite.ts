/** Steps 640 and 641: what was bought is released for a payment, and reaches the user. */

import { type Case, defineCase } from "../define/case.ts";
import {
  amountPattern,
  anotherItem,
  payableItems,
  readableText,
  sellsTwoItems,
  standardItem,
  theDelivery,
} from "./support/merchant-site.ts";
import { confOf } from "./support/merchant-word.ts";
import { logsOf, theLog, theMessage, thePage } from "./support/observe.ts";

const suite = "payment";
const links = ["cable", "234"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-640-01",
    suite,
    purpose: "The merchant makes a page of what this user bought, and hands it to the head end",
    requirements: ["PAY-BASE-640-a"],
    owner: "server",
    needs: { links },
    applies: sellsTwoItems,
    async run(t) {
      const about = { requirement: "PAY-BASE-640-a" };
      const item = standardItem(t);
      for (const { SITE, ITEM, title } of [item, anotherItem(t, item)]) {
        const seen = await t.system.purchase({ SITE, ITEM });
        const { status, body, response } = theDelivery(t, seen, about);
        const at = { ...about, at: response };
        t.expect.equal("status of the page", status, 200, at);
        t.expect.that(/<html[\s>]/i.test(body), "the purchased information comes as an HTML page", at);
        t.expect.that(readableText(body).includes(title), `the page is about "${title}"`, { ...at, actual: body });
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-640-02",
    suite,
    purpose: "Goods are confirmed with a receipt that states what was paid",
    requirements: ["PAY-BASE-640-b", "UI-516-b"],
    owner: "server",
    needs: { links },
    applies: ({ facts }) =>
      payableItems(facts).some(({ kind }) => kind === "goods") || "the catalogue has no goods that the card can pay",
    async run(t) {
      const about = { requirement: "PAY-BASE-640-b" };
      const goods = payableItems(t.facts).find(({ kind }) => kind === "goods");
      const { SITE, ITEM, price, CEXP } = t.expect.present("goods in the catalogue", goods);
      const seen = await t.system.purchase({ SITE, ITEM, QUANTITY: 2 });
      t.expect.completed(seen, about);
      const { body, response } = theDelivery(t, seen, about);
      t.expect.matches("receipt", readableText(body), amountPattern(2 * price, CEXP), { ...about, at: response });
      const text = readableText(seen.outcome.CONTENT ?? "");
      t.expect.matches("receipt for the user", text, amountPattern(2 * price, CEXP), { requirement: "UI-516-b" });
    },
  }),
  defineCase({
    id: "PAY-640-03",
    suite,
    purpose: "The merchant makes the page only when it has validated the confirmation",
    requirements: ["MS-0048-b"],
    owner: "server",
    needs: { links, logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "MS-0048-b" };
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      const { request, response } = theDelivery(t, seen, about);
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      const released = theLog(t, seen, "merchant", "item-released", about);
      t.expect.equal("confirmation accepted", registered.fields.accepted, true, { ...about, at: registered });
      const order = [request.n, registered.n, released.n, response?.n ?? 0];
      const sorted = [...order].sort((left, right) => left - right);
      t.expect.equal("places of confirmation, its validation, release and page in the evidence", order, sorted, about);
    },
  }),
  defineCase({
    id: "PAY-640-04",
    suite,
    purpose: "Nothing is released before the confirmation has reached the merchant, least of all for a draw request",
    requirements: ["PAY-BASE-C12"],
    owner: "server",
    needs: { links: ["cable", "234", "236"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-C12" };
      const statuses: (string | undefined)[] = [];
      let IDTRX = "";
      const look = async () => void statuses.push((await t.system.sale(IDTRX))?.status);
      using _draw = t.system.when({ link: "236", from: "head-end", message: 0xea }, look);
      using _response = t.system.when({ link: "236", from: "head-end", message: 0xec }, look);
      using _result = t.system.when({ link: "236", from: "payment-server", message: 0xed }, look);
      using _page = t.system.when({ link: "cable", from: "head-end", message: 0xe2 }, () => {
        IDTRX = thePage(t, t.system.events(), about).page.IDTRX;
      });
      const seen = await t.system.purchase();
      t.expect.equal(
        "sale at draw request, debit response and debit result",
        statuses,
        ["open", "open", "open"],
        about,
      );
      const { request } = theDelivery(t, seen, about);
      for (const { n } of logsOf(seen, "merchant", "item-released")) {
        t.expect.that(n > request.n, "the item is released after the confirmation", { ...about, at: n });
      }
      t.expect.completed(seen, about);
      t.expect.equal("sale afterwards", (await t.system.sale(IDTRX))?.status, "released", about);
    },
  }),
  defineCase({
    id: "PAY-640-05",
    suite,
    purpose: "The head end logs the merchant's response with its own transaction",
    requirements: ["PAY-BASE-640-c"],
    owner: "server",
    needs: { links, logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-640-c" };
      for (let purchase = 0; purchase < 2; purchase++) {
        const seen = await t.system.purchase();
        const { IDTRX } = thePage(t, seen, about).page;
        const entry = theLog(t, seen, "head-end", "merchant-response", about);
        t.expect.equal("transaction of the log entry", entry.IDTRX, IDTRX, { ...about, at: entry });
        const { status } = theDelivery(t, seen, about);
        t.expect.equal("status of the log entry", entry.fields.status, status, { ...about, at: entry });
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-640-09",
    suite,
    purpose: "The merchant's word, by way of the head end and after the merchant has given it, is what the user gets",
    requirements: ["PAY-BASE-641", "UI-516-a", "GEN-0026-b"],
    owner: "server",
    needs: { links },
    async run(t) {
      const seen = await t.system.purchase();
      t.expect.order(seen, ["636", "640", "641"], { requirement: "UI-516-a" });
      const { body, response } = theDelivery(t, seen, { requirement: "PAY-BASE-641" });
      const { event, message } = theMessage(t, seen, "cable", "result", { requirement: "PAY-BASE-641" });
      const early = { requirement: "UI-516-a", at: event };
      t.expect.that(event.n > (response?.n ?? 0), "the user's confirmation follows the merchant's", early);
      t.expect.equal("information at the set-top box", message.CONTENT, body, { requirement: "GEN-0026-b", at: event });
      t.expect.equal("result at the set-top box", message.CC, "0000", { requirement: "PAY-BASE-641", at: event });
      t.expect.equal("what the user has", seen.outcome.CONTENT, body, { requirement: "PAY-BASE-641" });
      t.expect.completed(seen, { requirement: "PAY-BASE-641" });
    },
  }),
  defineCase({
    id: "PAY-640-10",
    suite,
    purpose: "The payment server's reply counts at the merchant when it comes by way of the head end",
    requirements: ["GEN-0023-b"],
    owner: "server",
    needs: { links: ["cable", "234", "236"] },
    async run(t) {
      const about = { requirement: "GEN-0023-b" };
      const seen = await t.system.purchase();
      const CONF = confOf(theMessage(t, seen, "236", "debit-result", about).message);
      const { fields, request, status, response } = theDelivery(t, seen, about);
      const posted = fields.get("confirmation")?.toUpperCase();
      const sealed = [...CONF]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("")
        .toUpperCase();
      t.expect.equal("confirmation that the head end posts", posted, sealed, { ...about, at: request });
      t.expect.equal("the merchant's answer", status, 200, { ...about, at: response });
      t.expect.completed(seen, about);
    },
  }),
];
