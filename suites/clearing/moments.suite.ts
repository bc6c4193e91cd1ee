/** Collection at any moment: in the middle of a purchase, before a reversal, at intervals, and with everything restarted between its steps. */
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import type { Disturbance, ServerRole } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { balancesOf, expectSettled } from "./support/accounts.ts";
import { batchesFrom } from "./support/batches.ts";
import { clear, collectAll, deliverAll, firstSite, type Sale, sell, siteOfOneTerminal } from "./support/sales.ts";

const suite = "clearing";
const common = { database: true, links: ["batch", "235"], clearing: true, sites: [{ kind: "internet" }] } as const;
const SERVERS: readonly ServerRole[] = ["payment-server", "concentration-point", "clearing-system"];

/** INS of DEBIT IEP and of GET PREVIOUS IEP SIGNATURE. */
const DEBIT = 0x54;
const PREVIOUS = 0x5a;

/** A purchase is under way at its terminal when these pass. */
const MOMENTS: readonly (readonly [id: string, what: string, link: LinkName, from: RoleName, message?: number])[] = [
  ["DEBIT", "the debit command is on its way to the card", "235", "set-top-box", DEBIT],
  ["ANSWER", "the card's answer is on its way to the head end", "cable", "set-top-box", 0xec],
  ["PAGE", "the page is on its way to the user", "cable", "head-end"],
];

/** The card's S3 in the answers to that command is another one. */
function forgedS3(t: CaseContext, message: number): Disturbance {
  const act = (answer: Uint8Array) => answer.map((byte, index) => (index === answer.length - 3 ? byte ^ 1 : byte));
  return t.system.disturb({ link: "235", from: "card", message, act, what: "S3 altered" });
}

export const cases: readonly Case[] = [
  ...MOMENTS.map(([id, what, link, from, message]) =>
    defineCase({
      id: `CLR-0041-${id}`,
      suite,
      purpose: `A collection while ${what} neither waits for the purchase nor disturbs it: it takes the earlier sales, the next one takes this`,
      requirements: ["PS-0041-e"],
      owner: "server",
      needs: common,
      async run(t) {
        const about = { requirement: "PS-0041-e" };
        const before = await balancesOf(t);
        const SITE = siteOfOneTerminal(t);
        const first = await sell(t, SITE);
        let collections = 0;
        let second: Sale;
        {
          using _ = t.system.when({ link, from, ...(message === undefined ? {} : { message }) }, async () => {
            if (collections++ === 0) await t.system.clearing.collect();
          });
          second = await sell(t, SITE, undefined, about);
        }
        t.expect.that(collections > 0, `the collection was made while ${what}`, { owner: "bench" });
        const members = () =>
          batchesFrom(t.system.events(), "payment-server").map((each) => each.members.map(({ IDTRX }) => IDTRX));
        t.expect.equal("members of that collection", members(), [[first.IDTRX]], about);
        await clear(t);
        await clear(t);
        t.expect.equal("members of the next one", members().at(-1), [second.IDTRX], about);
        await t.system.clearing.settle();
        await expectSettled(t, before, [first, second], about);
      },
    }),
  ),
  defineCase({
    id: "CLR-0041-REVERSED",
    suite,
    purpose:
      "A sale that the payment server compares itself is not collected while it can be taken back, and never when it was",
    requirements: ["PS-0029-b", "PS-0041-e"],
    owner: "server",
    needs: { ...common, sites: [{ kind: "internet", comparison: "payment-server" }, { kind: "internet" }] },
    async run(t) {
      const about = { requirement: "PS-0029-b" };
      const before = await balancesOf(t);
      const { SITE } = t.siteFor({ kind: "internet", comparison: "payment-server" });
      let forged = 0;
      const taken = await t.system.readPurse();
      {
        using _ = forgedS3(t, DEBIT);
        using _again = forgedS3(t, PREVIOUS);
        using _watch = t.system.when({ link: "cable", from: "set-top-box", message: 0xec }, async () => {
          if (forged++ === 0) await t.system.clearing.collect();
        });
        const failed = await t.system.purchase({ SITE });
        t.expect.that(failed.outcome.CC !== "0000", "a wrong S3 is no payment", { actual: failed.outcome.CC });
      }
      await clear(t);
      t.expect.equal("batches", batchesFrom(t.system.events(), "payment-server").length, 0, about);
      await t.system.recover();
      const after = await t.system.readPurse();
      const sold = await sell(t, SITE);
      await clear(t);
      const members = batchesFrom(t.system.events(), "payment-server").flatMap((each) => each.members);
      const paid = members.map(({ MPDA }) => MPDA).reduce((sum, MPDA) => sum + MPDA, 0);
      t.expect.equal("collected", paid, sold.MPDA + (members.length > 1 ? taken.BALIEP - after.BALIEP : 0), about);
      await t.system.clearing.settle();
      const due = members.map(({ IDMER, PPIEP, MPDA, CURRPDA: CURR, CEXPPDA: CEXP }) => {
        return { IDMER, PPIEP, MPDA, CURR, CEXP } as Sale;
      });
      await expectSettled(t, before, due, about);
    },
  }),
  defineCase({
    id: "CLR-0041-SUSPENDED",
    suite,
    purpose:
      "A debit whose answer was lost is in no batch; once the set-top box has recovered it, it is collected and settled",
    requirements: ["PS-0029-b"],
    owner: "server",
    needs: common,
    async run(t) {
      const about = { requirement: "PS-0029-b" };
      const before = await balancesOf(t);
      const SITE = firstSite(t);
      const purse = await t.system.readPurse();
      const price = t.facts.catalogue.find((item) => item.SITE === SITE)?.price ?? 0;
      {
        using _ = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: 0xec,
          times: 1,
          act: () => "lose-link",
          what: "the cable is lost with the card's answer",
        });
        const failed = await t.system.purchase({ SITE });
        t.expect.that(failed.outcome.CC !== "0000", "the purchase is open", { actual: failed.outcome.CC });
      }
      t.expect.money(purse, await t.system.readPurse(), -price, about);
      await clear(t);
      t.expect.equal("batches while it is open", batchesFrom(t.system.events(), "payment-server").length, 0, about);
      const recovered = t.expect.present("recovery", await t.system.recover(), about);
      t.expect.completed(recovered, about);
      await clear(t);
      await t.system.clearing.settle();
      const { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP } = purse;
      const { IDMER } = t.siteFor({ kind: "internet" });
      await expectSettled(t, before, [{ IDMER, PPIEP, MPDA: price, CURR, CEXP } as Sale], about);
    },
  }),
  defineCase({
    id: "CLR-0008-03",
    suite,
    purpose:
      "At regular intervals every sale of a terminal leaves with its batch, those from before its power was off too, and none is left",
    requirements: ["CLR-0008-a"],
    owner: "server",
    needs: { ...common, restart: ["terminal"] },
    async run(t) {
      const about = { requirement: "CLR-0008-a" };
      const before = await balancesOf(t);
      const SITE = siteOfOneTerminal(t);
      const intervalMs = t.facts.offers.exhaustive ? 6 * 3_600_000 : 500;
      const sales = [await sell(t, SITE)];
      await t.system.restart("terminal");
      sales.push(await sell(t, SITE));
      const since = t.system.events().at(-1);
      await t.system.clearing.collectAtIntervals(intervalMs, 1);
      const [first] = batchesFrom(t.system.events(since?.n), "payment-server");
      const passed = (first?.event.atMs ?? 0) - (since?.atMs ?? 0);
      t.expect.that(passed >= intervalMs, "the batch leaves when the interval has passed", {
        ...about,
        actual: passed,
      });
      const members = () => batchesFrom(t.system.events(), "payment-server").flatMap((each) => each.members);
      t.expect.equal(
        "sales that have left",
        members()
          .map(({ IDTRX }) => IDTRX)
          .sort(),
        sales.map(({ IDTRX }) => IDTRX).sort(),
        about,
      );
      sales.push(await sell(t, SITE));
      await t.system.clearing.forward();
      await t.system.clearing.collectAtIntervals(intervalMs, 3);
      await t.system.clearing.forward();
      await deliverAll(t);
      await t.system.clearing.collectAtIntervals(intervalMs, 1);
      await t.system.clearing.forward();
      await t.system.clearing.settle();
      await expectSettled(t, before, sales, about);
    },
  }),
  defineCase({
    id: "CLR-0056-02",
    suite,
    purpose:
      "Terminal, payment server, concentration point and clearing system are restarted before each step: everything goes on with what was stored",
    requirements: ["CLR-0008-a", "CLR-0056-c"],
    owner: "server",
    needs: { ...common, restart: ["terminal", ...SERVERS] },
    timeoutMs: 180_000,
    async run(t) {
      const before = await balancesOf(t);
      const restartAll = async () => {
        for (const role of ["terminal", ...SERVERS] as const) await t.system.restart(role);
      };
      const sales: Sale[] = [];
      for (let round = 0; round < 2; round++) {
        sales.push(await sell(t, firstSite(t)));
        const steps = [
          () => collectAll(t),
          () => t.system.clearing.forward(),
          () => deliverAll(t),
          async () => void (await t.system.clearing.settle()),
        ];
        for (const step of steps) {
          await restartAll();
          await step();
        }
        await expectSettled(t, before, sales, { requirement: "CLR-0056-c" });
      }
      const numbers = batchesFrom(t.system.events(), "payment-server").map(({ batch }) => batch.NTCOL);
      t.expect.equal("batches that were sent", numbers.length, 2, { requirement: "CLR-0008-a" });
    },
  }),
  defineCase({
    id: "CLR-0004-01",
    suite,
    purpose:
      "No goods leave and no payment result is made before the card has been debited, or when its answer is not the card's own",
    requirements: ["CLR-0004-a"],
    owner: "terminal",
    needs: { ...common, links: ["batch", "235", "234"] },
    async run(t) {
      const about = { requirement: "CLR-0004-a" };
      const SITE = firstSite(t);
      const good = await t.system.purchase({ SITE });
      t.expect.completed(good, about);
      const debit = messagesOn(good, "235", "card").at(-1);
      const goods = messagesOn(good, "cable", "head-end").at(-1);
      t.expect.that((debit?.n ?? 0) < (goods?.n ?? 0), "the goods come after the card's answer", {
        ...about,
        at: goods,
      });
      using _ = forgedS3(t, DEBIT);
      using _again = forgedS3(t, PREVIOUS);
      const forged = await t.system.purchase({ SITE });
      t.expect.that(forged.outcome.CC !== "0000", "a wrong S3 is no payment", { ...about, actual: forged.outcome.CC });
      t.expect.absent("goods", forged.outcome.CONTENT, about);
      for (const IDTERM of t.system.terminals()) {
        const results = (await t.system.readStore(IDTERM)).filter(
          ({ IDTRX, CC }) => IDTRX === forged.outcome.IDTRX && CC === "0000",
        );
        t.expect.equal("payment results", results.length, 0, about);
      }
    },
  }),
];
