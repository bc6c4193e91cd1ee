/** The merchant server around a purchase: its site, its identifiers, and who keeps track of them. */
import { type Case, defineCase } from "../define/case.ts";
import { baseSites } from "./support/base-sites.ts";
import { anotherItem, OWN_SESSION, orderPage, sellsTwoItems, standardItem } from "./support/merchant-site.ts";
import { logsOf, theMessage, thePage } from "./support/observe.ts";

const suite = "payment";
const links = ["cable", "234"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-MS-01",
    suite,
    purpose: "The merchant's web site offers its items to everybody who visits it",
    requirements: ["MS-C1"],
    owner: "server",
    async run(t) {
      const about = { requirement: "MS-C1" };
      for (const { SITE } of baseSites(t.facts)) {
        const offered = t.facts.catalogue.filter((item) => item.SITE === SITE);
        t.expect.that(offered.length > 0, `site ${SITE} has at least one item`, about);
        const { status, body } = await t.system.http(SITE, { method: "GET", path: "/", session: OWN_SESSION });
        t.expect.equal(`status of the catalogue of ${SITE}`, status, 200, about);
        for (const { ITEM } of offered) t.expect.that(body.includes(ITEM), `the catalogue offers ${ITEM}`, about);
      }
    },
  }),
  defineCase({
    id: "PAY-MS-02",
    suite,
    purpose: "A merchant server that was started again gives no identifier a second time",
    requirements: ["MS-0047-a"],
    owner: "server",
    needs: { links, restart: ["merchant"] },
    async run(t) {
      const about = { requirement: "MS-0047-a" };
      const item = standardItem(t);
      const earlier = [await orderPage(t, item), await orderPage(t, item)].map(({ IDTRX }) => IDTRX);
      await t.system.restart("merchant");
      const later = [await orderPage(t, item), await orderPage(t, item)].map(({ IDTRX }) => IDTRX);
      t.expect.equal("different identifiers on four pages", new Set([...earlier, ...later]).size, 4, about);
      t.expect.completed(await t.system.purchase(), about);
    },
  }),
  defineCase({
    id: "PAY-MS-03",
    suite,
    purpose: "The draw request combines what this card said with amount and data of this page, purchase by purchase",
    requirements: ["MS-0047-e"],
    owner: "server",
    needs: { links: ["cable", "234", "236"] },
    applies: sellsTwoItems,
    async run(t) {
      const about = { requirement: "MS-0047-e" };
      const item = standardItem(t);
      for (const { SITE, ITEM, price } of [item, anotherItem(t, item)]) {
        const seen = await t.system.purchase({ SITE, ITEM });
        const { page } = thePage(t, seen, about);
        const card = theMessage(t, seen, "cable", "card-information", about).message;
        const { event, message } = theMessage(t, seen, "236", "draw-request", about);
        const at = { ...about, at: event };
        t.expect.equal("purchase amount", message.MPDA, price, at);
        t.expect.equal("transaction of the page", [message.IDMER, message.IDTRX], [page.IDMER, page.IDTRX], at);
        t.expect.equal("answer to reset", message.ATR, card.ATR, at);
        t.expect.equal("answer to INITIALIZE IEP", message.INITRSP, card.INITRSP, at);
        t.expect.completed(seen, about);
      }
    },
  }),
  defineCase({
    id: "PAY-MS-04",
    suite,
    purpose: "Head end and payment server log every step of a purchase under the merchant's transaction identifier",
    requirements: ["MS-0047-c"],
    owner: "server",
    needs: { links, logs: ["head-end", "payment-server"], database: true },
    async run(t) {
      const about = { requirement: "MS-0047-c" };
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      const { IDTRX } = thePage(t, seen, about).page;
      for (const [role, entry] of TRACKED) {
        const [first] = logsOf(seen, role, entry);
        const found = t.expect.present(`log entry ${entry} of the ${role}`, first, about);
        t.expect.equal(`IDTRX of ${entry} (${role})`, found.IDTRX, IDTRX, { ...about, at: found });
      }
      const row = t.expect.present("row of the database", await t.system.transaction(IDTRX), about);
      t.expect.equal("status in the database", row.status, "confirmed", about);
    },
  }),
];

/** Log entries of a successful purchase that follow the first sight of the identifier (`messages.md`, section 7). */
const TRACKED = [
  ["head-end", "draw-request-sent"],
  ["head-end", "card-debit-result"],
  ["head-end", "payment-confirmed"],
  ["head-end", "merchant-response"],
  ["payment-server", "terminal-selected"],
  ["payment-server", "debit-command-sent"],
  ["payment-server", "debit-response-received"],
  ["payment-server", "terminal-response"],
  ["payment-server", "confirmation-sent"],
  ["payment-server", "terminal-released"],
] as const;
