/** Many loads at once, and loads beside purchases and collections: every account and every card has exactly its own. */
import type { LoadOutcome, LoadSiteFacts } from "../../harness/flows/loading.ts";
import type { Box, PurseReading } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { baseSites } from "../payment/support/base-sites.ts";
import { expectMoved, loadedBy, moneyOf } from "./support/moved.ts";
import { aboutOf } from "./support/one-load.ts";
import { BOTH, EVERY, forSources, type Source, siteNeed, siteOf } from "./support/sources.ts";

const suite = "load";
const owner = "server";

/** As many as the virtual lab can have. */
const BOXES = 8;

interface BoxLoad {
  readonly outcome: LoadOutcome;
  readonly before: PurseReading;
  readonly after: PurseReading;
  readonly MLDA: number;
}

/** All load at once, the n-th box `amounts[n]` minor units from `ACCOUNT` of the n-th site. */
async function loadAtOnce(
  t: CaseContext,
  boxes: readonly Box[],
  siteAt: (index: number) => LoadSiteFacts,
  amounts: readonly number[],
  ACCOUNT?: string,
): Promise<readonly BoxLoad[]> {
  const before = await Promise.all(boxes.map((box) => box.readPurse()));
  const outcomes = await Promise.all(
    boxes.map((box, index) => {
      const { SITE } = siteAt(index);
      return box.load({ SITE, enter: () => amounts[index] ?? 0, ...(ACCOUNT === undefined ? {} : { ACCOUNT }) });
    }),
  );
  await t.system.idle();
  const after = await Promise.all(boxes.map((box) => box.readPurse()));
  return outcomes.map((outcome, index) => ({
    outcome,
    before: t.expect.present("card before", before[index]),
    after: t.expect.present("card", after[index]),
    MLDA: amounts[index] ?? 0,
  }));
}

/** Card, row and outcome of each box say just its own amount. */
async function expectOwn(t: CaseContext, loads: readonly BoxLoad[], about: About): Promise<void> {
  const rows = await t.system.loads();
  for (const { outcome, before, after, MLDA } of loads) {
    t.expect.equal("how a load ended (CC)", outcome.CC, "0000", about);
    t.expect.money(before, after, MLDA, about);
    const row = rows.find(({ IDTRX }) => IDTRX === outcome.IDTRX);
    const said = [row?.status, row?.MLDA, row?.IDIEP, row?.NTIEP];
    t.expect.equal("row of the load", said, ["loaded", MLDA, before.IDIEP, before.NTIEP], about);
  }
  const names = new Set(loads.map(({ outcome }) => outcome.IDTRX));
  t.expect.equal("different loads", names.size, loads.length, about);
}

/** Minor units in the first account of a site, or in `ACCOUNT`; and all that its holder holds. */
async function fundsOf(t: CaseContext, { IDMER, accounts }: LoadSiteFacts, ACCOUNT = accounts[0]?.ACCOUNT ?? "") {
  const all = await t.system.accounts();
  const balance = (name: string) => all.find(({ account }) => account === name)?.balance ?? 0;
  return { account: balance(`customer:${IDMER}:${ACCOUNT}`), hold: balance(`hold:${IDMER}`) };
}

/** An account of that source with 10.00 EUR. */
const POOR: Readonly<Record<Source["source"], string>> = { bank: "ACC-POOR", "pre-funded": "FUND-POOR" };
const POOR_FUNDS = 1000;

const INADEQUATE: Readonly<Record<Source["source"], string>> = {
  bank: "LOAD-BANK-875-d",
  "pre-funded": "LOAD-PRE-1075-b",
};

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-MANY-01",
    suite,
    purpose:
      "Eight set-top boxes load at once, from bank and pre-funded accounts, directly and by page, under both suites: each card, row and account has its own amount",
    requirements: ["LOAD-BANK-0123-d", "LOAD-PRE-0146-d"],
    owner,
    needs: { boxes: BOXES, loadSites: EVERY.map(siteNeed) },
    async run(t) {
      const about = { requirement: "LOAD-BANK-0123-d" };
      const sites = EVERY.map((source) => siteOf(t, source));
      const siteAt = (index: number) => t.expect.present("a site", sites[index % sites.length]);
      const boxes = await t.system.boxes(BOXES);
      const amounts = boxes.map((_, index) => 100 + index);
      const before = await Promise.all(sites.map((site) => fundsOf(t, site)));
      await expectOwn(t, await loadAtOnce(t, boxes, siteAt, amounts), about);
      for (const [index, site] of sites.entries()) {
        const due = amounts.filter((_, nth) => nth % sites.length === index).reduce((sum, each) => sum + each, 0);
        const was = t.expect.present("funds before", before[index]);
        const is = await fundsOf(t, site);
        t.expect.equal(`account and hold at ${site.SITE}`, is, { account: was.account - due, hold: was.hold }, about);
      }
    },
  }),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-MANY-02",
      suite,
      purpose:
        "Three set-top boxes load from one account that has enough for one of them: one is loaded, the others are not, and the account is never below zero",
      requirements: [INADEQUATE[source.source]],
      owner,
      needs: { boxes: 3 },
      applies: ({ facts }) =>
        facts.loadSites.some(({ accounts }) =>
          accounts.some(({ ACCOUNT, funds }) => ACCOUNT === POOR[source.source] && funds === POOR_FUNDS),
        ) || `the bench has no account ${POOR[source.source]}`,
      async run(t) {
        const about = { requirement: INADEQUATE[source.source] };
        const site = siteOf(t, source);
        const ACCOUNT = POOR[source.source];
        const MLDA = 600;
        const boxes = await t.system.boxes(3);
        const loads = await loadAtOnce(t, boxes, () => site, [MLDA, MLDA, MLDA], ACCOUNT);
        const loaded = loads.filter(({ outcome }) => outcome.CC === "0000");
        await expectOwn(t, loaded, about);
        t.expect.equal("loads that succeeded", loaded.length, 1, about);
        for (const { outcome, before, after } of loads.filter((each) => !loaded.includes(each))) {
          t.expect.oneOf("why another one did not (CC)", outcome.CC, ["A020", "A022", "A011"], about);
          t.expect.money(before, after, 0, about);
        }
        const is = await fundsOf(t, site, ACCOUNT);
        t.expect.equal("account and hold", is, { account: POOR_FUNDS - MLDA, hold: 0 }, about);
        const entries = await t.system.entries(`customer:${site.IDMER}:${ACCOUNT}`);
        let balance = 0;
        const least = Math.min(...entries.map(({ amount }) => (balance += amount)));
        t.expect.that(least >= 0, "the account was never below zero", { ...about, actual: least });
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-MANY-03",
      suite,
      purpose:
        "Loads and purchases of the same card, one after the other: balance, number and log are those of all of them, in order",
      requirements: ["881-c"],
      owner,
      needs: { cards: ["specimen"] },
      async run(t) {
        const about = aboutOf(source, "881-c");
        const site = siteOf(t, source);
        const [shop] = baseSites(t.facts);
        const item = t.facts.catalogue.find(({ SITE }) => SITE === shop?.SITE);
        const { SITE, ITEM, price } = t.expect.present("an item", item);
        const before = await t.system.readPurse();
        const due: string[] = [];
        for (const MLDA of [700, 700]) {
          t.expect.completed(await t.system.load({ SITE: site.SITE, enter: () => MLDA }), about);
          t.expect.completed(await t.system.purchase({ SITE, ITEM }), about);
          due.unshift(`1 ${price}`, `2 ${MLDA}`);
        }
        const after = await t.system.readPurse();
        t.expect.money(before, after, 1400 - 2 * price, about);
        t.expect.equal("NTIEP", after.NTIEP, before.NTIEP + 4, about);
        const log = after.log.slice(0, 4).map(({ TI, MPDA }) => `${TI} ${MPDA}`);
        t.expect.equal("the card's log, newest first", log, due, about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-MANY-04",
      suite,
      purpose: "Loads go on while the payment server collects and clearing settles: none of them disturbs the other",
      requirements: ["881-c"],
      owner,
      needs: { clearing: true, boxes: 3 },
      async run(t) {
        const about = aboutOf(source, "881-c");
        const site = siteOf(t, source);
        const [shop] = baseSites(t.facts);
        const sold = await t.system.purchase({ SITE: shop?.SITE ?? "" });
        t.expect.completed(sold, about);
        const before = await fundsOf(t, site);
        const boxes = await t.system.boxes(3);
        const collecting = (async () => {
          await t.system.clearing.collect();
          await t.system.clearing.forward();
          return await t.system.clearing.settle();
        })();
        const loads = await loadAtOnce(t, boxes, () => site, [301, 302, 303]);
        const { merchants } = await collecting;
        await expectOwn(t, loads, about);
        const is = await fundsOf(t, site);
        t.expect.equal("account and hold", is, { account: before.account - 906, hold: before.hold }, about);
        const sale = t.expect.present("the sale", await t.system.sale(sold.outcome.IDTRX ?? ""));
        const paid = merchants.map(({ IDMER, sum, count }) => [IDMER, sum, count]);
        t.expect.equal("what merchants were paid", paid, [[shop?.IDMER, sale.MPDA, 1]], about);
      },
    }),
  ),
  ...forSources(BOTH, (source) =>
    defineCase({
      id: "LOAD-MANY-05",
      suite,
      purpose:
        "Head ends that open a channel to the load server and say nothing, or half, keep no other load waiting, and their own amount goes back",
      requirements: ["881-c"],
      owner,
      needs: { boxes: 3, links: ["236"] },
      async run(t) {
        const about = aboutOf(source, "881-c");
        const site = siteOf(t, source);
        const before = await moneyOf(t, site);
        const mute = t.system.disturb({
          link: "236",
          from: "head-end",
          message: 0xe4,
          times: 1,
          act: () => [],
          what: "the load request is lost, and its channel stays open",
        });
        const boxes = await t.system.boxes(3);
        const loads = await loadAtOnce(t, boxes, () => site, [401, 402, 403]);
        mute[Symbol.dispose]();
        const loaded = loads.filter(({ outcome }) => outcome.CC === "0000");
        t.expect.equal("loads that succeeded beside one that hangs", loaded.length, 2, about);
        await expectOwn(t, loaded, about);
        for (const box of boxes) await box.recover();
        await t.system.settleHolds();
        const due = loaded.reduce((sum, { MLDA }) => sum + MLDA, 0);
        expectMoved(t, before, await moneyOf(t, site), { ...loadedBy(due), card: 0 }, about);
      },
    }),
  ),
];
