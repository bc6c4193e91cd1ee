/** [0023], [0027], [0036]: the head end between several set-top boxes and two payment servers. */

import { BASE_PROFILE } from "../../harness/core/sale-profile.ts";
import type { PaymentServerName, PurchaseOutcome, SiteFacts } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { SiteNeed } from "../define/site-need.ts";
import { NO_TERMINAL } from "../payment/many/throng.ts";
import { readableText } from "../payment/support/merchant-site.ts";
import { type Accounts, collected, confirmedCount, readAccounts } from "../payment/support/money.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { during } from "../payment/support/payment.ts";
import { cableSite, type Item } from "./shop.ts";

const suite = "cable";

const INTERNET: SiteNeed = { kind: "internet", ...BASE_PROFILE };

/** Both ways of buying: the shop of the cable provider, and of a merchant on the Internet. */
const BOTH = [cableSite(), INTERNET] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-0027",
    suite,
    purpose:
      "One card at one set-top box buys from the cable provider and on the Internet in turn, each at its payment server",
    requirements: ["GEN-0023-a", "GEN-0027-a", "HE-0036-d", "PAY-CABLE-0050-a"],
    owner: "server",
    needs: { sites: BOTH, links: ["236", "237", "234"], database: true },
    async run(t) {
      const before = await readBoth(t);
      const due: Record<PaymentServerName, number[]> = { "payment-server": [], "head-end-payment-server": [] };
      for (const item of turns(t)) {
        const { kind } = siteOf(t, item);
        const server = serverOf(kind);
        const requirement = kind === "cable" ? "PAY-CABLE-0050-a" : "HE-0036-d";
        const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
        const [own, other] = kind === "cable" ? (["237", "236"] as const) : (["236", "237"] as const);
        t.expect.that(messagesOn(seen, own).length > 0, `a sale at ${item.SITE} goes by link ${own}`, { requirement });
        const strays = messagesOn(seen, other);
        t.expect.equal(`messages of it on link ${other}`, strays.length, 0, { requirement, at: strays[0] });
        const remote = messagesOn(seen, "234").length > 0;
        t.expect.equal("a merchant on the Internet is asked", remote, kind === "internet", {
          requirement: "GEN-0023-a",
        });
        t.expect.completed(seen, { requirement: "GEN-0023-a" });
        due[server].push(item.price);
        await expectRowAt(t, seen.outcome.IDTRX, server);
      }
      const after = await readBoth(t);
      for (const server of SERVERS) {
        const [was, is] = [before[server], after[server]];
        const rise = [collected(is) - collected(was), confirmedCount(is) - confirmedCount(was)];
        const wanted = [sum(due[server]), due[server].length];
        t.expect.equal(`rise of the totals of the ${server}`, rise, wanted, { requirement: "GEN-0027-a" });
      }
      const spent = sum([...due["payment-server"], ...due["head-end-payment-server"]]);
      const [was, is] = [before["payment-server"].purse, after["payment-server"].purse];
      t.expect.money(was, is, -spent, { requirement: "GEN-0023-a" });
    },
  }),
  defineCase({
    id: "CAB-0036-A",
    suite,
    purpose:
      "Purchases of several set-top boxes at once: each gets its own page, debit command and goods, and pays its own price",
    requirements: ["HE-0036-a"],
    owner: "server",
    needs: { sites: BOTH, boxes: 6, database: true, links: ["cable", "235"] },
    async run(t) {
      const about = { requirement: "HE-0036-a" };
      const boxes = await t.system.boxes(6);
      const items = turns(t);
      const orders = boxes.map((box, k) => ({ box, QUANTITY: k + 1, item: items[k % items.length] ?? items[0] }));
      const before = await Promise.all(boxes.map((box) => box.readPurse()));
      const { value: outcomes, events } = await during(t, async () => {
        const bought = orders.map(({ box, item, QUANTITY }) =>
          box.purchase({ SITE: item?.SITE ?? "", ITEM: item?.ITEM ?? "", QUANTITY }),
        );
        const all: readonly PurchaseOutcome[] = await Promise.all(bought);
        await t.system.idle();
        return all;
      });
      const selections = messagesOn(events, "cable", "set-top-box").filter(({ bytes }) => bytes[0] === 0xe1);
      const results = messagesOn(events, "cable", "head-end").filter(({ bytes }) => bytes[0] === 0xe8);
      const first = results[0]?.n ?? 0;
      t.expect.that((selections[1]?.n ?? 0) < first, "a second one had ordered before the first one was served");
      t.expect.equal("different transactions", new Set(outcomes.map(({ IDTRX }) => IDTRX)).size, boxes.length, about);
      // where time is real, one that waited too long for a terminal is refused, at no cost
      const allowed = t.facts.offers.exhaustive ? ["0000"] : ["0000", NO_TERMINAL];
      const shops = (of: typeof orders) => new Set(of.map(({ item }) => item?.SITE)).size;
      const paid = orders.filter((_, k) => outcomes[k]?.CC === "0000");
      t.expect.equal("shops that served somebody", shops(paid), shops(orders), about);
      for (const [k, outcome] of outcomes.entries()) {
        const { item, box, QUANTITY } = orders[k] ?? orders[0] ?? {};
        const price = (item?.price ?? 0) * (QUANTITY ?? 0);
        const { IDTRX = "", CC, CONTENT = "" } = outcome;
        t.expect.oneOf(`how purchase ${k + 1} ended`, CC, allowed, about);
        const purse = t.expect.present("card of the box", await box?.readPurse());
        const was = t.expect.present("card of the box before", before[k]);
        const isPaid = CC === "0000";
        t.expect.money(was, purse, isPaid ? -price : 0, about);
        if (!isPaid) continue;
        const page = readableText(CONTENT);
        const isOwn = page.includes(item?.title ?? "?") && page.includes(IDTRX);
        t.expect.that(isOwn, `set-top box ${k + 1} got its own goods`, { ...about, actual: page });
        const row = t.expect.present(`transaction ${k + 1}`, await t.system.transaction(IDTRX), about);
        const [entry] = purse.log;
        const booked = [row.IDIEP, row.NTIEP, row.NTPSAM, row.MPDA];
        t.expect.equal(
          "card, numbers and amount",
          booked,
          [purse.IDIEP, was.NTIEP, entry?.NTPSAM ?? null, price],
          about,
        );
      }
    },
  }),
];

const SERVERS = ["payment-server", "head-end-payment-server"] as const;

/** From the cable provider, on the Internet, and so on, two things of each. */
function turns(t: CaseContext): readonly Item[] {
  const ofShop = (need: SiteNeed) => {
    const { SITE } = t.siteFor(need);
    return t.facts.catalogue.filter((item) => item.SITE === SITE).slice(0, 2);
  };
  const [cable, internet] = [ofShop(cableSite()), ofShop(INTERNET)];
  const turn = [cable[0], internet[0], cable[1] ?? cable[0], internet[1] ?? internet[0], cable[0]];
  return turn.flatMap((item) => item ?? []);
}

function siteOf(t: CaseContext, { SITE }: Item): SiteFacts {
  const found = t.facts.sites.find((site) => site.SITE === SITE);
  return t.expect.present(`site ${SITE}`, found, { owner: "bench" });
}

function serverOf(kind: SiteFacts["kind"]): PaymentServerName {
  return kind === "cable" ? "head-end-payment-server" : "payment-server";
}

/** Card and security cards of each payment server. */
async function readBoth(t: CaseContext): Promise<Record<PaymentServerName, Accounts>> {
  const of = (name: PaymentServerName) =>
    t.facts.terminals.filter(({ server }) => server === name).map(({ IDTERM }) => IDTERM);
  const [merchants, own] = [await readAccounts(t, of("payment-server")), await readAccounts(t, of(SERVERS[1]))];
  return { "payment-server": merchants, "head-end-payment-server": own };
}

/** The transaction is in that payment server's database and in no other. */
async function expectRowAt(t: CaseContext, IDTRX: string | undefined, server: PaymentServerName): Promise<void> {
  for (const each of SERVERS) {
    const rows = (await t.system.transactions(each)).filter((row) => row.IDTRX === IDTRX);
    const wanted = each === server ? ["confirmed"] : [];
    const requirement = "GEN-0027-a";
    t.expect.equal(
      `the transaction at the ${each}`,
      rows.map(({ status }) => status),
      wanted,
      { requirement },
    );
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((whole, amount) => whole + amount, 0);
}
