/** Step 606: what protects the merchant's page, what it conveys beside the terms, and that it is complete before anybody acts on it. */
import { securityInformation } from "../../harness/crypto/security-information.ts";
import type { LinkFault } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { baseItems } from "./support/base-sites.ts";
import { anotherItem, orderPage, sellsTwoItems, standardItem } from "./support/merchant-site.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, apdusOn, logsOf, messagesOn, theMessage, thePage } from "./support/observe.ts";

const suite = "payment";
const links = ["cable", "234"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-606-07",
    suite,
    purpose: "The page's security information is the one of this merchant for these very terms",
    requirements: ["PAY-BASE-606-i"],
    owner: "server",
    needs: { links, keys: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-i" };
      const seen = await t.system.purchase();
      const { event, page } = thePage(t, seen, about);
      const KMER = t.expect.present("contract key of the merchant on the page", t.keys.merchantKey(page.IDMER), about);
      t.expect.equal("SECINFO", page.SECINFO, securityInformation(KMER, page), { ...about, at: event });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-606-08",
    suite,
    purpose: "A page whose total was altered on its way does not pass the integrity check, and no card is debited",
    requirements: ["PAY-BASE-606-i"],
    owner: "server",
    needs: { links: ["cable", "234", "235", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-i" };
      const before = await readAccounts(t);
      const altered = t.system.disturb(rewritePage("total lowered by one", lowerTotal));
      const seen = await t.system.purchase();
      altered[Symbol.dispose]();
      t.expect.equal("altered pages", altered.hits, 1);
      t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 0, about);
      const refusal = theMessage(t, seen, "236", "refusal", about);
      t.expect.equal("CC of the refusal", refusal.message.CC, "A006", { ...about, at: refusal.event });
      t.expect.refused(seen, "A006", about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-606-09",
    suite,
    purpose:
      "Every page conveys the merchant module's one release level and the encryption method of the specification",
    requirements: ["PAY-BASE-606-j"],
    owner: "server",
    needs: { links },
    applies: sellsTwoItems,
    async run(t) {
      const about = { requirement: "PAY-BASE-606-j" };
      const item = standardItem(t);
      const first = await orderPage(t, item);
      const second = await orderPage(t, anotherItem(t, item));
      t.expect.equal("encryption method", first.ENCRYPTION, "AES-128-GCM", about);
      t.expect.equal("encryption method of another page", second.ENCRYPTION, "AES-128-GCM", about);
      t.expect.equal("release level of another page", second.RELEASE, first.RELEASE, about);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM });
      const { event, message } = theMessage(t, seen, "cable", "page", about);
      t.expect.equal("release level at the set-top box", message.RELEASE, first.RELEASE, { ...about, at: event });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-606-10",
    suite,
    purpose: "The code module starts its work only on a page that has all of its parameters",
    requirements: ["PAY-BASE-606-k"],
    owner: "server",
    needs: { links: ["cable", "234", "235", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-606-k" };
      const before = await readAccounts(t);
      const cut = t.system.disturb(rewritePage("one parameter cut out", withoutParameter("security-information")));
      const seen = await t.system.purchase();
      cut[Symbol.dispose]();
      t.expect.equal("pages without a parameter", cut.hits, 1);
      t.expect.equal("pages passed on to the set-top box", allOf(seen, "cable", "page").length, 0, about);
      t.expect.equal("commands to the card", messagesOn(seen, "235", "set-top-box").length, 0, about);
      t.expect.equal("messages to the payment server", messagesOn(seen, "236").length, 0, about);
      t.expect.refused(seen, "A017", about);
      if (t.facts.offers.logs.includes("head-end")) {
        t.expect.equal("log entries of the failure", logsOf(seen, "head-end", "transaction-failed").length, 1, about);
      }
      await expectNextPurchaseWorks(t, before, about);
      await expectModuleTriggered(t);
    },
  }),
  defineCase({
    id: "PAY-606-11",
    suite,
    purpose: "The page generated for any item of the catalogue has every parameter, and its total fits the item",
    requirements: ["MS-0046-b", "MS-0047-d"],
    owner: "server",
    needs: { links },
    async run(t) {
      for (const item of baseItems(t.facts)) {
        const page = await orderPage(t, item);
        const { MPDA, CURRPDA, CEXPPDA } = page;
        const wanted = { MPDA: item.price, CURRPDA: item.CURR, CEXPPDA: item.CEXP };
        t.expect.equal(`terms for ${item.ITEM}`, { MPDA, CURRPDA, CEXPPDA }, wanted, { requirement: "MS-0046-b" });
        t.expect.equal(`title for ${item.ITEM}`, page.TEXT, item.title, { requirement: "MS-0047-d" });
      }
    },
  }),
];

/** A whole page, in contrast, sets the module to work: the page goes on, and the draw request follows. */
async function expectModuleTriggered(t: CaseContext): Promise<void> {
  const seen = await t.system.purchase();
  t.expect.order(seen, ["604", "606", "607", "608", "612"], { requirement: "PAY-BASE-606-k" });
}

function rewritePage(what: string, rewrite: (html: string) => string): LinkFault {
  return {
    link: "234",
    from: "merchant",
    message: "response POST /checkout",
    times: 1,
    act: (body) => new TextEncoder().encode(rewrite(new TextDecoder().decode(body))),
    what,
  };
}

function lowerTotal(html: string): string {
  return html.replace(
    /(<param\s+name="total-cost"\s+value=")(\d+)/i,
    (_, head, total) => `${head}${Number(total) - 1}`,
  );
}

function withoutParameter(name: string): (html: string) => string {
  return (html) => html.replace(new RegExp(`<param\\s+name="${name}"[^>]*>`, "i"), "");
}
