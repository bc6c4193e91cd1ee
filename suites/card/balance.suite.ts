/** BALIEP at its ends (`card-edge.md` 5.2b, 5.3): down to nothing, up to BALmaxIEP, never beyond, never around. */
import { seededRandom } from "../../harness/core/random.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { openPurse } from "./support/purse.ts";

const about = { requirement: "CARD-0031-j" };
const paying = ["CARD-0082-b", "PAY-BASE-618-i", "CARD-0030-a"];
const loading = ["CARD-0022-a", "LOAD-BANK-881-c", "LOAD-PRE-1081-c"];

/** Amounts that a comparison of fewer bits, of signed numbers or of single bytes takes for less than `least`. */
function above(least: number): readonly number[] {
  const near = [1, 2, 0x100, 0x1_0000, 0x100_0000, 0x7fff_ffff, 0x8000_0000].map((more) => least + more);
  const far = [0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xff00_0000, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000 - least - 1];
  return [...new Set([...near, ...far])].filter((amount) => amount > least && amount <= 0xffff_ffff);
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-BAL-PAY-ABOVE",
    suite: "card",
    purpose: "A purchase of one minor unit above the balance is '9401', and so is every higher one up to FFFFFFFF",
    requirements: paying,
    owner: "card",
    needs: { keys: true },
    consumes: { writes: 16 },
    async run(t) {
      const purse = await openPurse(t);
      for (const MPDA of above(purse.BALIEP)) await purse.purchase({ MPDA }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-PAY-ALL",
    suite: "card",
    purpose:
      "The whole balance can be paid at once; then the purse holds nothing, pays nothing, and can be loaded up again",
    requirements: [...paying, ...loading, "CARD-0030-b"],
    owner: "card",
    needs: { cards: ["low-maximum"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "low-maximum");
      const opening = purse.BALIEP;
      await purse.purchase({ MPDA: opening - 1 }, about);
      await purse.purchase({ MPDA: 1 }, about);
      t.expect.equal("balance of the suite's own purse", purse.BALIEP, 0, { owner: "bench" });
      for (const MPDA of above(0)) await purse.purchase({ MPDA }, about);
      await purse.load({ MLDA: 700 }, about);
      await purse.purchase({ MPDA: 700 }, about);
      await purse.load({ MLDA: opening }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-EMPTY",
    suite: "card",
    purpose: "A card that was issued without value pays nothing until it is loaded, and then just that",
    requirements: [...paying, ...loading, "CLR-0006-c"],
    owner: "card",
    needs: { cards: ["empty"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "empty");
      t.expect.equal("balance before", purse.BALIEP, 0, about);
      for (const MPDA of [0, 1, 0xffff_ffff]) await purse.purchase({ MPDA }, about);
      await purse.load({ MLDA: 1 }, about);
      await purse.purchase({ MPDA: 2 }, about);
      await purse.purchase({ MPDA: 1 }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-MAXIMUM",
    suite: "card",
    purpose:
      "A load up to BALmaxIEP exactly is taken, one minor unit more is '940B', and so is every higher one up to FFFFFFFF, also where the sum goes around",
    requirements: loading,
    owner: "card",
    needs: { cards: ["low-maximum"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "low-maximum");
      const room = purse.facts.BALmaxIEP - purse.BALIEP;
      for (const MLDA of above(room)) await purse.load({ MLDA }, about);
      await purse.load({ MLDA: 0x1_0000_0000 - purse.BALIEP }, about);
      await purse.expectSame(about);
      await purse.load({ MLDA: room }, about);
      t.expect.equal("balance of the suite's own purse", purse.BALIEP, purse.facts.BALmaxIEP, { owner: "bench" });
      for (const MLDA of above(0)) await purse.load({ MLDA }, about);
      await purse.purchase({ MPDA: room }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-FULL",
    suite: "card",
    purpose: "A card that is as full as it can be takes nothing, and after a purchase just as much as was paid",
    requirements: loading,
    owner: "card",
    needs: { cards: ["at-maximum"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "at-maximum");
      await purse.load({ MLDA: 1 }, about);
      await purse.purchase({ MPDA: 10 }, about);
      await purse.load({ MLDA: 11 }, about);
      await purse.load({ MLDA: 10 }, about);
      await purse.load({ MLDA: 1 }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-RANGE",
    suite: "card",
    purpose:
      "A purse of the whole range of four bytes is loaded up to FFFFFFFF and no further, and pays amounts of more than half of it",
    requirements: [...loading, ...paying],
    owner: "card",
    needs: { cards: ["whole-range"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "whole-range");
      const room = 0xffff_ffff - purse.BALIEP;
      for (const MLDA of above(room)) await purse.load({ MLDA }, about);
      await purse.load({ MLDA: room }, about);
      await purse.load({ MLDA: 1 }, about);
      await purse.load({ MLDA: 0xffff_ffff }, about);
      await purse.purchase({ MPDA: 0x8000_0000 }, about);
      await purse.purchase({ MPDA: 0x8000_0000 }, about);
      await purse.load({ MLDA: 0x8000_0001 }, about);
      await purse.load({ MLDA: 0x8000_0000 }, about);
      await purse.purchase({ MPDA: 0xffff_ffff }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-BAL-WALK",
    suite: "card",
    purpose:
      "Forty purchases and loads of every size in no order, some of them too much: balance, number, log and signature are those of a purse that is kept beside it",
    requirements: ["CARD-0031-j", "CARD-0031-h", "CARD-0016"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 40, value: 0, writes: 40 },
    async run(t) {
      const purse = await openPurse(t);
      const opening = purse.BALIEP;
      const random = seededRandom("CARD-BAL-WALK");
      for (let step = 0; step < 39; step++) {
        const [choice = 0, size = 0, share = 0] = random(3);
        const room = choice % 2 === 0 ? purse.BALIEP : purse.facts.BALmaxIEP - purse.BALIEP;
        const amount = Math.min(0xffff_ffff, size < 40 ? room + size : Math.floor((room * share) / 255));
        if (choice % 2 === 0) await purse.purchase({ MPDA: amount, NTPSAM: step }, about);
        else await purse.load({ MLDA: amount }, about);
        if (step % 13 === 12) await purse.expectSame(about);
      }
      if (purse.BALIEP < opening) await purse.load({ MLDA: opening - purse.BALIEP }, about);
      else await purse.purchase({ MPDA: purse.BALIEP - opening }, about);
      await purse.expectSame(about);
    },
  }),
];
