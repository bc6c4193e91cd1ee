import { expect, test } from "vitest";
import { loadBench } from "../bench/load.ts";
import { REFERENCE } from "../defects/variation.ts";
import { openStation } from "./index.ts";
import { countingRecord } from "./recorder.ts";

test("a purchase in process passes every link once and moves exactly the price from card to PSAM", async () => {
  const { bench } = loadBench("inproc");
  await using station = await openStation({ bench, iut: "card", variation: REFERENCE }, countingRecord());
  await using system = await station.systemFor("TEST");
  const before = await system.readPurse();
  const seen = await system.purchase({ ITEM: "mug", SITE: "shop" });
  expect(seen.trouble).toEqual([]);
  expect(seen.outcome.CC).toBe("0000");
  const after = await system.readPurse();
  expect(before.BALIEP - after.BALIEP).toBe(1290);
  expect(after.NTIEP).toBe(before.NTIEP + 1);
  const totals = await Promise.all(system.terminals().map((IDTERM) => system.readTotals(IDTERM)));
  expect(totals.flatMap((each) => each.totals).reduce((sum, { MTOT }) => sum + MTOT, 0)).toBe(1290);
  const steps = seen.events.flatMap((event) => (event.kind === "message" && event.step ? [event.step] : []));
  expect(new Set(steps)).toEqual(
    new Set("602 604 606 607 608 612 686 688 692 694 616 617 618 620 621 622 624 626 628 634 636 640 641".split(" ")),
  );
});
