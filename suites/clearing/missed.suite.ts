/** A terminal that was told of another collection than the one that clearing has accepted (`clearing.md` 3): it holds that one still. */
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { balancesOf, expectSettled } from "./support/accounts.ts";
import { clear, deliverAll, firstSite, type Sale, sell } from "./support/sales.ts";
import { alteredMessage } from "./way/disturbances.ts";

/** T-acknowledge. */
const ACKNOWLEDGE = 0xb6;

/** So many rounds from collection to receipts until the terminal has nothing left. */
const MOST_ROUNDS = 4;

const FOLLOWS = [
  ["CLR-0007-10", "other", 2],
  ["CLR-0007-11", "the same", 1],
] as const;

/** So many sales at that terminal; where others of its pool take some of them, those are sales too. */
async function sellAt(t: CaseContext, IDTERM: string, count: number): Promise<readonly Sale[]> {
  const most = count * t.facts.terminals.length;
  const sales: Sale[] = [];
  const own = () => sales.filter((sale) => sale.IDTERM === IDTERM).length;
  while (own() < count && sales.length < most) sales.push(await sell(t, firstSite(t)));
  t.expect.equal("sales at that terminal", own(), count, { owner: "bench" });
  return sales;
}

export const cases: readonly Case[] = FOLLOWS.map(([id, sums, count]) =>
  defineCase({
    id,
    suite: "clearing",
    purpose: `A terminal that took an acknowledgement for that of another collection gets it anew, when its next sales have ${sums} sums: these are collected then, and every sale is settled once`,
    requirements: ["CLR-0007-b", "CLR-0007-c"],
    owner: "server",
    needs: { database: true, links: ["batch", "line"], clearing: true, sites: [{ kind: "internet" }] },
    async run(t) {
      const before = await balancesOf(t);
      const first = await sell(t, firstSite(t));
      {
        const act = (message: Uint8Array) => alteredMessage(message, "NTCOL");
        const place = { link: "line", from: "concentrator", message: ACKNOWLEDGE } as const;
        using misled = t.system.disturb({ ...place, times: 1, act, what: "NTCOL altered" });
        await clear(t);
        t.expect.equal("acknowledgements that were altered", misled.hits, 1, { owner: "bench" });
      }
      const next = await sellAt(t, first.IDTERM, count);
      let rounds = 0;
      const totals = async () => (await t.system.readTotals(first.IDTERM)).totals;
      const statuses = async () => (await t.system.clearing.batches("payment-server")).map(({ status }) => status);
      const isDone = async () =>
        (await totals()).length === 0 && (await statuses()).every((status) => status === "acknowledged");
      do await clear(t);
      while (++rounds < MOST_ROUNDS && !(await isDone()));
      const about = { requirement: "CLR-0007-c" };
      t.expect.equal("totals of the terminal", await totals(), [], about);
      t.expect.equal("status of its batches", [...new Set(await statuses())], ["acknowledged"], about);
      t.note(`everything is acknowledged after ${rounds} rounds`);
      await t.system.clearing.settle();
      await deliverAll(t);
      await expectSettled(t, before, [first, ...next], { requirement: "CLR-0007-b" });
    },
  }),
);
