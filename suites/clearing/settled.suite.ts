/** Settlement: what leaves the issuers' pools, what the acquirers pass on, what each merchant has (`clearing.md` 5). */
import { concat } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { balancesOf, dueFor, expectSettled, gains } from "./support/accounts.ts";
import { batchesFrom, recordsOf } from "./support/batches.ts";
import { clear, firstSite, grouped, oneOfEach, type Sale, sell, serversOf, unitOf } from "./support/sales.ts";

const suite = "clearing";
const links = ["batch"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "CLR-0008-01",
    suite,
    purpose:
      "Sales at every kind of site come to their merchants to the minor unit: each issuer pays each acquirer one sum, each merchant gets its own sales",
    requirements: ["CLR-0005-c", "CLR-0008-b", "CLR-0008-c", "CLR-0008-d", "CLR-0009", "UI-518-a", "PAY-CABLE-1118-a"],
    owner: "server",
    needs: {
      database: true,
      links,
      clearing: true,
      cards: ["issuer-b", "second"],
      sites: [{ kind: "internet" }, { kind: "cable" }],
    },
    timeoutMs: 180_000,
    async run(t) {
      const before = await balancesOf(t);
      const sales: Sale[] = [];
      for (const SITE of oneOfEach(t)) sales.push(await sell(t, SITE));
      for (const kind of ["issuer-b", "second"] as const) {
        await t.system.insertCard(kind);
        for (const SITE of [firstSite(t), t.siteFor({ kind: "cable" }).SITE]) sales.push(await sell(t, SITE));
      }
      await clear(t);
      const acquirers = new Map(
        serversOf(t).map((server) => [
          server,
          batchesFrom(t.system.events(), server)[0]?.batch.IDACQUIRER ?? "no batch",
        ]),
      );
      t.expect.equal("acquirers of the two payment servers", new Set(acquirers.values()).size, acquirers.size);
      const { N, issuers, merchants } = await t.system.clearing.settle();
      t.expect.present("number of the settlement", N);
      const lump = issuers.map(({ PPIEP, IDACQUIRER, CURR, CEXP, sum, count }) => [
        `${PPIEP} ${IDACQUIRER} ${CURR}/${CEXP}`,
        { sum, count },
      ]);
      const lumpDue = grouped(sales, (sale) => `${sale.PPIEP} ${acquirers.get(sale.server)} ${unitOf(sale)}`);
      t.expect.equal("from each issuer to each acquirer", Object.fromEntries(lump), lumpDue, {
        requirement: "CLR-0008-c",
      });
      const own = merchants.map(({ IDMER, IDACQUIRER, CURR, CEXP, sum, count }) => [
        `${IDMER} ${IDACQUIRER} ${CURR}/${CEXP}`,
        { sum, count },
      ]);
      const ownDue = grouped(sales, (sale) => `${sale.IDMER} ${acquirers.get(sale.server)} ${unitOf(sale)}`);
      t.expect.equal("from each acquirer to each merchant", Object.fromEntries(own), ownDue, {
        requirement: "CLR-0008-d",
      });
      const moved = gains(before, await balancesOf(t));
      const due = dueFor(sales);
      const part = (all: Readonly<Record<string, number>>, kind: string) =>
        Object.entries(all).filter(([name]) => name.startsWith(kind));
      t.expect.equal("what the pools gave", part(moved, "pool:"), part(due, "pool:"), { requirement: "CLR-0008-b" });
      const cable = (name: string) => sales.some((s) => s.server !== "payment-server" && name.includes(s.IDMER));
      const got = part(moved, "merchant:");
      const dueTo = part(due, "merchant:");
      t.expect.equal(
        "what the merchants have",
        got.filter(([name]) => !cable(name)),
        dueTo.filter(([name]) => !cable(name)),
        {
          requirement: "UI-518-a",
        },
      );
      t.expect.equal(
        "what the cable provider has",
        got.filter(([name]) => cable(name)),
        dueTo.filter(([name]) => cable(name)),
        {
          requirement: "PAY-CABLE-1118-a",
        },
      );
      t.expect.equal("what every account has gained", moved, due, { requirement: "CLR-0005-c" });
    },
  }),
  defineCase({
    id: "CLR-0008-02",
    suite,
    purpose:
      "Each currency is settled by itself and in minor units, value that is no money too; the printed report has the same sums on both sides",
    requirements: ["CLR-0008-e", "CLR-0056-d"],
    owner: "server",
    needs: { database: true, links, clearing: true, cards: ["yen", "points"], sites: [{ kind: "internet" }] },
    async run(t) {
      const before = await balancesOf(t);
      const sales = [await sell(t, firstSite(t))];
      for (const [kind, ITEM] of [
        ["yen", "yen-item"],
        ["points", "points-item"],
      ] as const) {
        const SITE = t.facts.catalogue.find((item) => item.ITEM === ITEM)?.SITE ?? "";
        await t.system.insertCard(kind);
        sales.push(await sell(t, SITE, ITEM));
      }
      await clear(t);
      const { merchants, issuers, text } = await t.system.clearing.settle();
      const about = { requirement: "CLR-0008-e" };
      const sums = (lines: readonly { CURR: string; CEXP: number; sum: number; count: number }[]) =>
        Object.fromEntries(lines.map((line) => [unitOf(line), { sum: line.sum, count: line.count }]).sort());
      const due = grouped(sales, unitOf);
      t.expect.equal("sums that leave the pools", sums(issuers), due, about);
      t.expect.equal("sums that reach the merchants", sums(merchants), due, about);
      const totals = text.filter((line) => line.startsWith("total:"));
      t.expect.equal("totals in the printed report", totals.length, 3, about);
      await expectSettled(t, before, sales, { requirement: "CLR-0056-d" });
    },
  }),
  defineCase({
    id: "CLR-0056-01",
    suite,
    purpose:
      "A sale is paid once however often batches come, deliveries are fetched and settlements are made; before its settlement nothing has moved",
    requirements: ["CLR-0056-b", "CLR-0056-c"],
    owner: "server",
    needs: { database: true, links, clearing: true, sites: [{ kind: "internet" }] },
    async run(t) {
      const { clearing } = t.system;
      const before = await balancesOf(t);
      const first = await sell(t, firstSite(t));
      await clear(t);
      await expectSettled(t, before, [], { requirement: "CLR-0056-b" });
      await clearing.settle();
      await expectSettled(t, before, [first], { requirement: "CLR-0056-b" });
      for (let round = 0; round < 2; round++) {
        await clear(t);
        const again = await clearing.settle();
        t.expect.equal("number of a settlement of nothing", again.N, undefined, { requirement: "CLR-0056-c" });
      }
      const second = await sell(t, firstSite(t));
      await clear(t);
      const { N } = await clearing.settle();
      t.expect.equal("number of the second settlement", N, 2);
      await expectSettled(t, before, [first, second], { requirement: "CLR-0056-c" });
    },
  }),
  defineCase({
    id: "CLR-0019-01",
    suite,
    purpose:
      "What is settled can be reckoned from the batches alone, as of any terminal: network sales need nothing besides",
    requirements: ["CLR-0019-a"],
    owner: "server",
    needs: { database: true, links, clearing: true, sites: [{ kind: "internet" }, { kind: "cable" }] },
    async run(t) {
      const before = await balancesOf(t);
      for (const SITE of oneOfEach(t).slice(0, 3)) await sell(t, SITE);
      await sell(t, t.siteFor({ kind: "cable" }).SITE);
      await clear(t);
      await t.system.clearing.settle();
      const passed = batchesFrom(t.system.events(), "concentration-point");
      const records = recordsOf(concat(...passed.map(({ batch }) => batch.MEMBERS)));
      const read = records.map(({ IDMER, PPIEP, MPDA, CURRPDA: CURR, CEXPPDA: CEXP }) => {
        return { IDMER, PPIEP, MPDA, CURR, CEXP } as Sale;
      });
      t.expect.equal("records of the sales", read.length, 4, { requirement: "CLR-0019-a" });
      await expectSettled(t, before, read, { requirement: "CLR-0019-a" });
    },
  }),
  defineCase({
    id: "CLR-0055-01",
    suite,
    purpose:
      "The pool grows by exactly what is loaded and by nothing that is not, and falls by exactly what is settled; the bank keeps nothing and does nothing more",
    requirements: ["CLR-0019-b", "CLR-0021", "CLR-0055", "CLR-0056-a"],
    owner: "server",
    needs: {
      database: true,
      links,
      clearing: true,
      loadSites: [{ source: "bank", direct: false }],
      sites: [{ kind: "internet" }],
    },
    async run(t) {
      const bank = t.loadSiteFor({ source: "bank", direct: false });
      const [account] = bank.accounts;
      const before = await balancesOf(t);
      const purse = await t.system.readPurse();
      const unit = `${purse.CURRIEP}/${purse.CEXPIEP}`;
      const cancelled = await t.system.load({ SITE: bank.SITE, enter: () => "cancel" });
      t.expect.that(cancelled.outcome.CC !== "0000", "a load that the user cancels fails");
      t.expect.equal(
        "moved by a load that was cancelled",
        gains(before, await balancesOf(t)),
        {},
        {
          requirement: "CLR-0056-a",
        },
      );
      t.expect.completed(await t.system.load({ SITE: bank.SITE, enter: () => 1_237 }));
      const customer = `customer:${bank.IDMER}:${account?.ACCOUNT}`;
      const loaded = gains(before, await balancesOf(t));
      const due = {
        [`customer:${bank.IDMER}:${account?.ACCOUNT} ${unit}`]: -1_237,
        [`pool:${purse.PPIEP} ${unit}`]: 1_237,
      };
      t.expect.equal("moved by a load", loaded, due, { requirement: "CLR-0055" });
      t.expect.equal("kept by the issuer", loaded[`pool:${purse.PPIEP} ${unit}`], 1_237, { requirement: "CLR-0021" });
      const entries = await t.system.entries(customer);
      const after = await balancesOf(t);
      const sold = await sell(t, firstSite(t));
      await clear(t);
      await t.system.clearing.settle();
      await expectSettled(t, after, [sold], { requirement: "CLR-0056-a" });
      t.expect.equal("entries of the bank's account", await t.system.entries(customer), entries, {
        requirement: "CLR-0019-b",
      });
    },
  }),
];
