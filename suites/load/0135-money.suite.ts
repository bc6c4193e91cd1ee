/** Where the money of a load is at last: account, issuer's pool and card agree, and only what is spent leaves the pool. */
import { type Case, defineCase } from "../define/case.ts";
import { standardItem } from "../payment/support/merchant-site.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { BOTH, EVERY, forSources, siteOf } from "./support/sources.ts";

const suite = "load";

export const cases: readonly Case[] = [
  ...forSources(EVERY, (source) => {
    const isBank = source.source === "bank";
    const of = (end: string) =>
      isBank ? { requirement: `LOAD-BANK-0135-${end}` } : { requirement: "LOAD-PRE-1075-a" };
    return defineCase({
      id: "LOAD-0135-01",
      suite,
      purpose:
        "Account decrease, transfer to the card's issuer and balance increase are the amount asked for, once, and not before the result",
      requirements: isBank ? ["0135-a", "0135-b", "0135-e", "BANK-0051-b"] : ["LOAD-PRE-1075-a"],
      owner: "server",
      needs: { links: ["234", "236"], ...(source.id.length > 4 ? { exhaustive: true } : {}) },
      async run(t) {
        const site = siteOf(t, source);
        const { PPIEP } = await t.system.readPurse();
        for (const MLDA of [1, 3_333]) {
          const before = await moneyOf(t, site);
          const early: number[] = [];
          using _watch = t.system.when({ link: "236", from: "head-end", message: 0xe5 }, async () => {
            const pool = (await t.system.accounts()).find(
              ({ account, CURR }) => account === `pool:${PPIEP}` && CURR === "0978",
            );
            early.push(pool?.balance ?? 0);
          });
          const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
          t.expect.completed(seen);
          t.expect.equal("the issuer's pool before the load server knows of the load", early, [before.pool], of("b"));
          expectMoved(t, before, await moneyOf(t, site), loadedBy(MLDA), of("a"));
          const IDTRX = seen.outcome.IDTRX ?? "";
          const entriesOf = async (account: string) =>
            (await t.system.entries(account))
              .filter(({ reference }) => reference.endsWith(IDTRX))
              .map(({ amount }) => amount);
          const customer = `customer:${site.IDMER}:${site.accounts[0]?.ACCOUNT ?? ""}`;
          t.expect.equal("entries of the load in the account", await entriesOf(customer), [-MLDA], of("e"));
          t.expect.equal(
            "entries of the load in the hold",
            await entriesOf(`hold:${site.IDMER}`),
            [MLDA, -MLDA],
            of("e"),
          );
          const single = isBank ? { requirement: "BANK-0051-b" } : of("e");
          t.expect.equal("entries of the load in the issuer's pool", await entriesOf(`pool:${PPIEP}`), [MLDA], single);
        }
      },
    });
  }),
  defineCase({
    id: "LOAD-0135-03",
    suite,
    purpose: "A bank that keeps the amounts to settle them itself has each of them once, and the issuer is not charged",
    requirements: ["LOAD-BANK-0135-d"],
    owner: "server",
    needs: { loadSites: [{ source: "bank", keeps: true }] },
    async run(t) {
      const about = { requirement: "LOAD-BANK-0135-d" };
      const site = t.loadSiteFor({ source: "bank", keeps: true });
      const { PPIEP } = await t.system.readPurse();
      const kept = async () =>
        (await t.system.accounts()).find(
          ({ account, CURR }) => account === `pool:${PPIEP}@${site.IDMER}` && CURR === "0978",
        )?.balance ?? 0;
      const before = await moneyOf(t, site);
      const earlier = await kept();
      t.expect.completed(await t.system.load({ SITE: site.SITE, enter: () => 4_321 }), about);
      expectMoved(t, before, await moneyOf(t, site), { account: -4_321, card: 4_321 }, about);
      t.expect.equal(
        "what the bank keeps for this issuer's cards has risen by",
        (await kept()) - earlier,
        4_321,
        about,
      );
    },
  }),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-0135-02",
      suite,
      purpose: "Of a loaded amount only the part that is spent is settled with the merchant, out of the issuer's pool",
      requirements: source.source === "bank" ? ["0135-c"] : ["LOAD-PRE-1075-a"],
      owner: "server",
      needs: { clearing: true, cards: ["empty"] },
      async run(t) {
        const about = { requirement: source.source === "bank" ? "LOAD-BANK-0135-c" : "LOAD-PRE-1075-a" };
        const site = siteOf(t, source);
        await t.system.insertCard("empty");
        const { price, SITE, ITEM } = standardItem(t);
        const before = await moneyOf(t, site);
        const loaded = await t.system.load({ SITE: site.SITE, enter: () => price + 777 });
        t.expect.completed(loaded, about);
        t.expect.completed(await t.system.purchase({ SITE, ITEM }), about);
        const IDMER = t.facts.sites.find((each) => each.SITE === SITE)?.IDMER ?? "";
        const merchant = async () =>
          (await t.system.accounts()).find(({ account, CURR }) => account === `merchant:${IDMER}` && CURR === "0978")
            ?.balance ?? 0;
        const earlier = await merchant();
        await t.system.clearing.collect();
        await t.system.clearing.forward();
        await t.system.clearing.settle();
        t.expect.equal("what the merchant has got", (await merchant()) - earlier, price, about);
        const after = await moneyOf(t, site);
        expectMoved(t, before, after, { account: -(price + 777), pool: 777, card: 777 }, about);
      },
    }),
  ),
];
