/** Counters at their ends (`psam-edge.md` 1, 4.2, 4.8, 4.10), on a security card that the bench plays: a specimen would be used up. */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { CONTENT, collect, collected, endOfCollection, lines, s5, sell, Updates } from "./support/clearing.ts";
import { confirm, draw, packageAtr, packageInitialise, withdraw } from "./support/draw.ts";
import { NO_PROVIDER } from "./support/personalisation.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { euro, expectTotals, readTotals } from "./support/totals.ts";

/** NTPSAM and NTCOL have two steps left. */
const AT_END = "psam-at-end";
const LAST = 0xffff_ffff;

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-END-01",
    purpose:
      "The last number is FFFFFFFE; then no card is accepted any more, whatever it is, and everything else still works",
    requirements: ["PSAM-0080-a", "PSAM-0044-c"],
    kind: AT_END,
    async run(t, psam) {
      const before = await readTotals(psam);
      t.expect.equal("NTPSAM in the beginning", before.NTPSAM, LAST - 2, { owner: "bench" });
      const first = await draw(psam, { p1: "01" });
      const last = await draw(psam);
      t.expect.equal("NTPSAM of the last debit", toHex(last.DEBITDATA.subarray(7, 11)), "FFFFFFFE");
      await confirm(psam, last, cardrsp(psam, last));
      t.expect.equal("NTPSAM afterwards", (await readTotals(psam)).NTPSAM, LAST);
      for (let round = 0; round < 2; round++) {
        for (const INITRSP of [
          purse(),
          purse({ ALGIEP: 5 }),
          purse({ ALGIEP: 0x10 }),
          purse({ PPIEP: NO_PROVIDER }),
          purse({ ALGIEP: 6 }),
          purse({ VKIEP: 200 }),
          purse({ IDIEP: "0000004716" }),
          purse({ CURRIEP: "0998" }),
        ]) {
          await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
          await psam.says("PACKAGE: INITIALIZE IEP of an exhausted security card", packageInitialise(INITRSP), "9402");
        }
        await psam.reset("cold");
        await psam.select();
        t.expect.equal("NTPSAM after all of that", (await readTotals(psam)).NTPSAM, LAST);
      }
      await psam.says("CANCEL", withdraw(first.IDTRX), "9000");
      await expectTotals(psam, "at the end", before, [euro(995, 1)]);
    },
  }),
  psamCase({
    id: "PSAM-END-02",
    purpose: "The last collection has the number FFFFFFFF; then none is begun, and the kept one is still acknowledged",
    requirements: ["PSAM-0044-e"],
    kind: AT_END,
    async run(_, psam) {
      await sell(psam, 10);
      await sell(psam, 10);
      const before = await readTotals(psam);
      const LINES = lines([euro(5, 1)]);
      for (const NTCOL of [LAST - 1, LAST]) {
        const of = NTCOL === LAST ? lines([euro(15, 1)]) : LINES;
        if (NTCOL === LAST) await psam.says("COLLECT of more than there is", collect(lines([euro(99, 1)])), "9418");
        await psam.says("COLLECT", collect(of), collected(psam, NTCOL, of));
        await psam.says("COLLECT again", collect(of), collected(psam, NTCOL, of));
        await psam.says("END OF COLLECTION", endOfCollection(NTCOL, s5(psam, NTCOL)), "9000");
      }
      await expectTotals(psam, "after two collections", before, [euro(-20, -2)]);
      for (const of of [LINES, lines([euro(LAST, 7)])]) {
        await psam.says("COLLECT without a number left", collect(of), "9402");
      }
      await psam.says("COLLECT of no lines", collect(new Uint8Array(16)), "6A80");
    },
  }),
  psamCase({
    id: "PSAM-END-03",
    purpose: "After the update FFFFFFFF none is applied any more",
    requirements: ["PSAM-0044-e"],
    kind: AT_END,
    async run(_, psam) {
      const updates = await Updates.open(psam);
      updates.last = LAST - 1;
      await updates.apply("the last number there is", CONTENT.block("000123", "0000004801"));
      for (const NTUPD of [0, 1, 2, 0x7fff_ffff, 0x8000_0000, LAST - 1, LAST]) {
        const command = updates.command(CONTENT.unblock("000123", "0000004801"), { NTUPD });
        await psam.says(`update ${NTUPD} after the last`, command, "9419");
      }
      await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
      await psam.says("the blocked card", packageInitialise(purse({ IDIEP: "0000004801" })), "9412");
      await psam.says("an update of no kind", updates.command(toHex(fromHex("05000123000000")), { NTUPD: 1 }), "6A80");
    },
  }),
];
