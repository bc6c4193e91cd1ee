/** What each hop makes of the sales: data store and totals, batches, their way, and the acknowledgement back (`clearing.md` 2 to 4). */
import { concat, toHex } from "../../harness/core/bytes.ts";
import { encodeStoreRecord } from "../../harness/protocol/messages/store-record.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { allOf } from "../payment/support/observe.ts";
import { batchesFrom, deliveredFrom, dueS4, dueS5, linesFor, recordsOf } from "./support/batches.ts";
import { clear, collectAll, deliverAll, firstSite, oneOfEach, type Sale, sell, serversOf } from "./support/sales.ts";

const suite = "clearing";

/** Sum and number of a terminal's totals in the unit and of the issuer of that sale. */
async function totalOf(t: CaseContext, { IDTERM, PPIEP, CURR, CEXP }: Omit<Sale, "IDTRX">) {
  const { totals } = await t.system.readTotals(IDTERM);
  const own = totals.find((line) => line.PPIEP === PPIEP && line.CURR === CURR && line.CEXP === CEXP);
  return { sum: own?.MTOT ?? 0, count: own?.NTOT ?? 0 };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "CLR-0005-01",
    suite,
    purpose:
      "Each debit at a terminal, whatever its kind, makes one payment result of exactly the amount, and raises the totals by it",
    requirements: ["CLR-0005-a", "CLR-0006-d", "CLR-0004-b"],
    owner: "terminal",
    needs: { database: true, sites: [{ kind: "internet" }], terminals: { kind: "dumb" } },
    async run(t) {
      for (const SITE of oneOfEach(t)) {
        const before = await t.system.readPurse();
        const sold = await sell(t, SITE);
        const after = await t.system.readPurse();
        t.expect.money(before, after, -sold.MPDA, { requirement: "CLR-0004-b" });
        const results = (await t.system.readStore(sold.IDTERM)).filter(({ IDTRX }) => IDTRX === sold.IDTRX);
        const counted = results.filter(({ CC }) => CC === "0000").map(({ MPDA, IDMER }) => ({ MPDA, IDMER }));
        const { MPDA, IDMER } = sold;
        t.expect.equal(`payment results of ${SITE}`, counted, [{ MPDA, IDMER }], { requirement: "CLR-0005-a" });
        const again = await sell(t, SITE);
        t.expect.equal("the same merchant", again.IDMER, IDMER);
        const total = await totalOf(t, sold);
        const sums = (await t.system.readStore(sold.IDTERM)).filter(
          ({ CC, PPIEP, CURRPDA, CEXPPDA }) =>
            CC === "0000" && PPIEP === sold.PPIEP && CURRPDA === sold.CURR && CEXPPDA === sold.CEXP,
        );
        const due = { sum: sums.reduce((sum, each) => sum + each.MPDA, 0), count: sums.length };
        t.expect.equal(`totals of the terminal of ${SITE}`, total, due, { requirement: "CLR-0006-d" });
      }
    },
    timeoutMs: 180_000,
  }),
  defineCase({
    id: "CLR-0005-02",
    suite,
    purpose:
      "A batch has every sale of its terminal with its price, its lines are their sums, its S4 is the PSAM's, and the totals fall by it",
    requirements: ["CLR-0005-b", "UI-518-b"],
    owner: "server",
    needs: { database: true, links: ["batch"], keys: true, clearing: true, sites: [{ kind: "internet" }] },
    async run(t) {
      const SITE = firstSite(t);
      const sales = [await sell(t, SITE), await sell(t, SITE), await sell(t, SITE)];
      const stores = new Map<string, readonly string[]>();
      for (const IDTERM of new Set(sales.map((sale) => sale.IDTERM))) {
        const records = (await t.system.readStore(IDTERM)).filter(({ CC }) => CC === "0000");
        stores.set(
          toHex(concat(...records.map(encodeStoreRecord))),
          records.map(({ IDTRX }) => IDTRX),
        );
      }
      const totals = await Promise.all(sales.map((sale) => totalOf(t, sale)));
      await t.system.clearing.collect();
      const batches = batchesFrom(t.system.events(), "payment-server");
      t.expect.equal("terminals that gave a batch", batches.length, stores.size, { requirement: "CLR-0005-b" });
      for (const { batch, event } of batches) {
        const about = { requirement: "CLR-0005-b", at: event };
        const MEMBERS = toHex(batch.MEMBERS);
        t.expect.that(stores.has(MEMBERS), "MEMBERS are the records of a terminal's data store, byte by byte", {
          requirement: "UI-518-b",
          at: event,
          actual: MEMBERS,
        });
        const own = sales.filter(({ IDTRX }) => stores.get(MEMBERS)?.includes(IDTRX));
        t.expect.equal("LINES: sums of the prices", toHex(batch.LINES), toHex(linesFor(own)), about);
        t.expect.equal("S4", toHex(batch.S4), dueS4(t, batch), about);
      }
      for (const [index, sale] of sales.entries()) {
        t.expect.that((totals[index]?.sum ?? 0) > 0, "the totals had the sale before");
        t.expect.equal(
          "totals after the collection",
          await totalOf(t, sale),
          { sum: 0, count: 0 },
          {
            requirement: "CLR-0005-b",
          },
        );
      }
    },
  }),
  defineCase({
    id: "CLR-0007-01",
    suite,
    purpose:
      "The batches of all terminals of both payment servers reach the clearing system by way of the concentration point complete, once each, byte by byte",
    requirements: ["CLR-0007-a", "CLR-0007-b", "PS-0029-e", "CLR-C23", "PAY-CABLE-1118-b"],
    owner: "server",
    needs: { database: true, links: ["batch"], clearing: true, sites: [{ kind: "internet" }, { kind: "cable" }] },
    timeoutMs: 180_000,
    async run(t) {
      const sales: Sale[] = [];
      for (const SITE of oneOfEach(t)) sales.push(await sell(t, SITE));
      await collectAll(t);
      const events = t.system.events();
      const sent = serversOf(t).flatMap((server) => batchesFrom(events, server));
      const members = sent.flatMap((each) => each.members.map(({ IDTRX }) => IDTRX)).sort();
      const all = sales.map(({ IDTRX }) => IDTRX).sort();
      t.expect.equal("sales in the batches", members, all, { requirement: "PS-0029-e" });
      const atPoint = await t.system.clearing.batches("concentration-point");
      const names = (rows: readonly { BATCHNO: string; NTCOL: number }[]) =>
        rows.map(({ BATCHNO, NTCOL }) => `${BATCHNO} ${NTCOL}`).sort();
      t.expect.equal("batches kept at the concentration point", names(atPoint), names(sent.map(({ batch }) => batch)), {
        requirement: "CLR-0007-a",
      });
      for (let round = 0; round < 3; round++) await t.system.clearing.forward();
      const forwarded = batchesFrom(t.system.events(), "concentration-point").map(({ bytes }) => toHex(bytes));
      const given = sent.map(({ bytes }) => toHex(bytes));
      t.expect.equal("batches as they were forwarded", forwarded.sort(), given.sort(), { requirement: "CLR-0007-b" });
      const cleared = (await t.system.clearing.batches("clearing-system")).flatMap((row) =>
        row.members.map(({ IDTRX, IDMER, MPDA, status }) => ({ IDTRX, IDMER, MPDA, status })),
      );
      const due = sales.map(({ IDTRX, IDMER, MPDA }) => ({ IDTRX, IDMER, MPDA, status: "accepted" }));
      const byName = (one: { IDTRX: string }, other: { IDTRX: string }) => (one.IDTRX < other.IDTRX ? -1 : 1);
      t.expect.equal("sales at the clearing system", cleared.sort(byName), due.sort(byName), {
        requirement: "CLR-C23",
      });
      const cable = sales.filter(({ server }) => server === "head-end-payment-server");
      const kept = recordsOf(concat(...sent.map(({ batch }) => batch.MEMBERS))).filter(({ IDMER }) =>
        cable.some((sale) => sale.IDMER === IDMER),
      );
      t.expect.equal("records of the cable provider's sales", kept.length, cable.length, {
        requirement: "PAY-CABLE-1118-b",
      });
      await deliverAll(t); // a security card that outlives the case keeps nothing of it
    },
  }),
  defineCase({
    id: "CLR-0007-02",
    suite,
    purpose:
      "Each acknowledgement comes back to the terminal of its batch and to no other, with the S5 of the clearing system, and ends its collection",
    requirements: ["CLR-0007-c"],
    owner: "server",
    needs: { database: true, links: ["batch", "line"], keys: true, clearing: true, sites: [{ kind: "internet" }] },
    async run(t) {
      const about = { requirement: "CLR-0007-c" };
      const sites = oneOfEach(t).slice(0, 4);
      const sales: Sale[] = [];
      for (const SITE of [...sites, firstSite(t)]) sales.push(await sell(t, SITE));
      await clear(t);
      const sent = serversOf(t).flatMap((server) => batchesFrom(t.system.events(), server));
      const given = allOf(t.system.events(), "line", "t-acknowledge");
      const due = sent.map(({ batch, members }) => {
        const IDTERM = sales.find(({ IDTRX }) => IDTRX === members[0]?.IDTRX)?.IDTERM;
        return `${IDTERM} ${batch.NTCOL} ${toHex(dueS5(t, batch))}`;
      });
      const got = given.map(({ message: { IDTERM, NTCOL, S5 } }) => `${IDTERM} ${NTCOL} ${toHex(S5)}`);
      t.expect.equal("acknowledgements at the terminals", got.sort(), due.sort(), about);
      for (const server of serversOf(t)) {
        for (const { status } of await t.system.clearing.batches(server)) {
          t.expect.equal("status of the batch", status, "acknowledged", about);
        }
      }
      await sell(t, firstSite(t));
      await clear(t);
      const numbers = batchesFrom(t.system.events(), "payment-server").map(({ batch }) => batch.NTCOL);
      t.expect.that(numbers.includes(2), "the terminal gives its second collection afterwards", {
        ...about,
        actual: numbers,
      });
    },
  }),
  defineCase({
    id: "CLR-0045-01",
    suite,
    purpose: "No terminal is told that its batch is acknowledged before the clearing system has said so",
    requirements: ["PS-0045"],
    owner: "server",
    needs: { database: true, links: ["batch", "line"], clearing: true, sites: [{ kind: "internet" }] },
    async run(t) {
      const about = { requirement: "PS-0045" };
      await sell(t, firstSite(t));
      await collectAll(t);
      await deliverAll(t);
      const [batch] = batchesFrom(t.system.events(), "payment-server");
      t.expect.present("batch at the concentration point", batch, about);
      t.expect.equal("deliveries before clearing", deliveredFrom(t.system.events(), "concentration-point"), [], about);
      t.expect.equal("T-acknowledge so far", allOf(t.system.events(), "line", "t-acknowledge").length, 0, about);
      const status = async () => (await t.system.clearing.batches("payment-server")).map((each) => each.status);
      t.expect.equal("status at the payment server", await status(), ["sent"], about);
      await t.system.clearing.forward();
      await deliverAll(t);
      t.expect.equal("T-acknowledge afterwards", allOf(t.system.events(), "line", "t-acknowledge").length, 1, about);
      t.expect.equal("status at the payment server", await status(), ["acknowledged"], about);
    },
  }),
  defineCase({
    id: "CLR-0029-01",
    suite,
    purpose: "Payments that failed or were cancelled, and cards that were refused, are in no batch",
    requirements: ["PS-0029-b"],
    owner: "server",
    needs: {
      database: true,
      links: ["batch", "235"],
      cards: ["poor", "expired"],
      clearing: true,
      sites: [{ kind: "internet" }],
    },
    async run(t) {
      const about = { requirement: "PS-0029-b" };
      const SITE = firstSite(t);
      for (const kind of ["poor", "expired"] as const) {
        await t.system.insertCard(kind);
        const failed = await t.system.purchase({ SITE });
        t.expect.that(failed.outcome.CC !== "0000", `a ${kind} card cannot pay`, { actual: failed.outcome.CC });
      }
      await t.system.insertCard("specimen");
      await t.system.purchase({ SITE, decide: () => "cancel" });
      {
        using _ = t.system.disturb({
          link: "235",
          from: "set-top-box",
          message: 0x54,
          act: (command) => command.map((byte, index) => (index === command.length - 2 ? byte ^ 1 : byte)),
          what: "S2 altered",
        });
        const refused = await t.system.purchase({ SITE });
        t.expect.that(refused.outcome.CC !== "0000", "a card refuses a wrong S2", { actual: refused.outcome.CC });
      }
      await clear(t);
      t.expect.equal("batches of failures", batchesFrom(t.system.events(), "payment-server").length, 0, about);
      const sold = await sell(t, SITE);
      await t.system.purchase({ SITE, decide: () => "cancel" });
      await clear(t);
      const members = batchesFrom(t.system.events(), "payment-server").flatMap((each) => each.members);
      t.expect.equal(
        "members",
        members.map(({ IDTRX, MPDA }) => ({ IDTRX, MPDA })),
        [{ IDTRX: sold.IDTRX, MPDA: sold.MPDA }],
        about,
      );
    },
  }),
];
