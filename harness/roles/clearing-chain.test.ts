import fc from "fast-check";
import { expect, test } from "vitest";
import { merchantAccount, poolAccount } from "../accounts/names.ts";
import { startPrivatePostgres } from "../sql/private-postgres.ts";
import { record } from "./testing/batches.ts";
import { ClearingChain, EUR, type Trouble } from "./testing/clearing-chain.ts";

/** From the data stores of terminals to the merchants' accounts (`clearing.md`), whatever is lost, repeated or altered on the way. */

const merchants = ["SHOP0001", "SHOP0002"] as const;

async function paid(chain: ClearingChain): Promise<readonly (number | undefined)[]> {
  const accounts = merchants.map((IDMER) => chain.ledger.balance({ account: merchantAccount(IDMER), ...EUR }));
  return await Promise.all(accounts);
}

test.each([false, true])("sales come to the merchants, once (directly to clearing: %s)", async (isDirect) => {
  await followSales(await ClearingChain.open(isDirect));
});

test("the same on PostgreSQL", async () => {
  await using postgres = await startPrivatePostgres();
  const chain = await ClearingChain.open(false, (name) => {
    postgres.createDatabase(name);
    return postgres.url(name);
  });
  try {
    await followSales(chain);
  } finally {
    await chain.close();
  }
}, 60_000);

async function followSales(chain: ClearingChain): Promise<void> {
  await chain.sell(0, record(1));
  await chain.sell(0, record(2, { IDMER: "SHOP0002", MPDA: 100 }));
  await chain.sell(1, record(3), 2);
  await chain.clearing.issueUpdate({ kind: "block-card", PPIEP: "000123", IDIEP: "0000000007" });
  await chain.server.collect();
  await chain.point.forward();
  await chain.server.fetchDeliveries();
  expect(await chain.clearing.settle()).toMatchObject({ kind: "settled", report: { N: 1, sums: [{ sum: 600 }] } });
  expect(await paid(chain)).toEqual([500, 100]);
  expect((await chain.database.batches.batches()).map(({ status }) => status)).toEqual([
    "acknowledged",
    "acknowledged",
  ]);
  for (const terminal of chain.terminals.terminals) {
    expect(terminal.kept).toBeUndefined();
    expect(terminal.counted).toEqual([]);
    expect(terminal.applied).toEqual([{ kind: "block-card", PPIEP: "000123", IDIEP: "0000000007" }]);
  }
  await chain.server.collect();
  expect(await chain.point.forward()).toEqual({ batches: 0, trouble: undefined });
  expect(await chain.clearing.settle()).toEqual({ kind: "nothing" });
  expect(await chain.clearing.settlements()).toMatchObject([{ N: 1, merchants: [{ sum: 500 }, { sum: 100 }] }]);
}

const TROUBLES: readonly Trouble[] = ["request lost", "answer lost", "request altered", "answer altered", "repeated"];
const work = fc.constantFrom(
  "sell",
  "sell",
  "sell",
  "collect",
  "collect",
  "fetch",
  "forward",
  "forward",
  "settle",
  "update",
  "restart payment-server",
  "restart concentration-point",
  "restart clearing-system",
);

test("whatever happens, each confirmed transaction is settled at most once, and in the end exactly once", async () => {
  const story = fc.record({
    works: fc.array(work, { minLength: 3, maxLength: 25 }),
    troubles: fc.array(fc.constantFrom<Trouble>("none", "none", ...TROUBLES), { maxLength: 30 }),
    lapses: fc.array(fc.constantFrom("none", "none", "none", "deaf", "mute"), { maxLength: 30 }),
    isDirect: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ works, troubles, lapses, isDirect }) => {
      const chain = await ClearingChain.open(isDirect);
      chain.troubles = [...troubles];
      chain.terminals.lapses = [...lapses];
      const sold = { SHOP0001: 0, SHOP0002: 0 };
      let count = 0;
      let updates = 0;
      for (const each of works) {
        if (each === "sell") {
          count += 1;
          const IDMER = merchants[count % 2] ?? "SHOP0001";
          const MPDA = count * 7;
          await chain.sell(count % 3 === 0 ? 1 : 0, record(count, { IDMER, MPDA }), count % 4 === 0 ? 1 : null);
          sold[IDMER] += MPDA;
        } else if (each === "collect") await chain.server.collect();
        else if (each === "fetch") await chain.server.fetchDeliveries();
        else if (each === "forward") await chain.point.forward();
        else if (each === "settle") await chain.clearing.settle();
        else if (each === "update") {
          updates += 1;
          const IDIEP = updates.toString().padStart(10, "0");
          await chain.clearing.issueUpdate({ kind: "block-card", PPIEP: "000123", IDIEP });
        } else chain.restart(each.slice("restart ".length) as "payment-server");
        const [first = 0, second = 0] = await paid(chain);
        expect(first).toBeLessThanOrEqual(sold.SHOP0001);
        expect(second).toBeLessThanOrEqual(sold.SHOP0002);
      }
      chain.troubles = [];
      chain.terminals.lapses = [];
      for (let round = 0; round < 4; round++) {
        await chain.server.fetchDeliveries();
        await chain.server.collect();
        await chain.point.forward();
        await chain.server.fetchDeliveries();
      }
      await chain.clearing.settle();
      const [first = 0, second = 0] = await paid(chain);
      expect([first, second]).toEqual([sold.SHOP0001, sold.SHOP0002]);
      const total = sold.SHOP0001 + sold.SHOP0002;
      expect(await chain.ledger.balance({ account: poolAccount("000123"), ...EUR })).toBe(1_000_000_000 - total);
      expect(await chain.ledger.sum()).toBe(0);
      const hops = [await chain.database.batches.batches(), await chain.clearing.batches()];
      for (const batches of hops) {
        const members = batches.flatMap((batch) => batch.members);
        expect(members.reduce((sum, { MPDA }) => sum + MPDA, 0)).toBe(total);
        expect(new Set(members.map(({ IDTRX }) => IDTRX)).size).toBe(count);
      }
      const { terminals } = chain.terminals;
      expect(terminals.reduce((sum, { collectedSum }) => sum + collectedSum, 0)).toBe(total);
      for (const terminal of terminals) {
        expect(terminal.kept).toBeUndefined();
        expect(terminal.applied.map((content) => "IDIEP" in content && Number(content.IDIEP))).toEqual(
          Array.from({ length: updates }, (_, index) => index + 1),
        );
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
