import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { REFERENCE } from "../defects/variation.ts";
import type { PurseSystem, RecordedEvent } from "../flows/system.ts";
import { labelOf } from "../protocol/messages/label.ts";
import { openStation } from "./index.ts";
import { ISSUED } from "./opening-balances.ts";
import { countingRecord } from "./recorder.ts";

async function withSystem(work: (system: PurseSystem) => Promise<void>): Promise<void> {
  const { bench } = loadBench("inproc");
  await using station = await openStation({ bench, iut: "card", variation: REFERENCE }, countingRecord());
  await using system = await station.systemFor("TEST");
  await work(system);
}

const balanceOf = async (system: PurseSystem, name: string) =>
  (await system.accounts()).find(({ account, CURR }) => account === name && CURR === "0978")?.balance;

function batchesSent(events: readonly RecordedEvent[]): readonly string[] {
  return events.flatMap((event) => {
    const isBatch = event.kind === "message" && labelOf(event.link, event.from, event.bytes) === "POST /batches";
    return isBatch ? [`${event.from} to ${event.to}`] : [];
  });
}

test.each([
  ["bank", "customer:BNK00001:ACC-0001"],
  ["bank-des", "customer:BNK00002:ACC-0002"],
  ["fund", "customer:FND00001:FUND-0001"],
  ["fund-des", "customer:FND00002:FUND-0002"],
  ["fund-direct", "customer:FND00004:FUND-0004"],
])(
  "a load at the site %s moves the amount from the account to the card, and behind it into the issuer's pool",
  async (SITE, account) => {
    await withSystem(async (system) => {
      const [card, funds] = [await system.readPurse(), await balanceOf(system, account)];
      const seen = await system.load({ SITE, enter: () => 1234 });
      expect(seen).toMatchObject({ outcome: { CC: "0000", MLDA: 1234 }, trouble: [] });
      const after = await system.readPurse();
      expect([after.BALIEP, after.NTIEP]).toEqual([card.BALIEP + 1234, card.NTIEP + 1]);
      expect(after.log[0]).toMatchObject({ TI: 2, MPDA: 1234 });
      expect(await balanceOf(system, account)).toBe((funds ?? 0) - 1234);
      expect(await balanceOf(system, "pool:000123")).toBe(ISSUED + 1234);
      expect((await system.loads()).map(({ status }) => status)).toEqual(["loaded"]);
      expect((await system.heldLoads()).map(({ status }) => status)).toEqual(["loaded"]);
    });
  },
);

test("what a purchase took from the card comes to the merchant when it is collected, cleared and settled", async () => {
  await withSystem(async (system) => {
    const { clearing } = system;
    await system.purchase({ SITE: "shop", ITEM: "mug" });
    await system.purchase({ SITE: "cable4" });
    for (const server of ["payment-server", "head-end-payment-server"] as const) await clearing.collect(server);
    await clearing.forward();
    for (const server of ["payment-server", "head-end-payment-server"] as const) await clearing.fetchDeliveries(server);
    expect((await clearing.batches("payment-server")).map(({ status }) => status)).toEqual(["acknowledged"]);
    expect(batchesSent(system.events())).toEqual([
      "payment-server to concentration-point",
      "head-end-payment-server to concentration-point",
      "concentration-point to clearing-system",
      "concentration-point to clearing-system",
    ]);
    const price = system.facts.catalogue.find(({ SITE }) => SITE === "cable4")?.price ?? 0;
    expect(await clearing.settle()).toMatchObject({
      N: 1,
      merchants: [
        { IDMER: "CAB00004", sum: price },
        { IDMER: "MER00001", sum: 1290 },
      ],
    });
    expect(await balanceOf(system, "merchant:MER00001")).toBe(1290);
    expect(await balanceOf(system, "pool:000123")).toBe(ISSUED - 1290 - price);
    for (const IDTERM of system.terminals()) expect((await system.readTotals(IDTERM)).totals).toEqual([]);
    expect(await clearing.settle()).toMatchObject({ N: undefined });
  });
});
