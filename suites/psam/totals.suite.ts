/** READ TOTALS and what it counts (`psam-edge.md` 2, 4.6). */

import { isDate } from "../../harness/protocol/messages/calendar.ts";
import type { Case } from "../define/case.ts";
import { confirm, present, suspend, withdraw } from "./support/draw.ts";
import { drawAs, lineOf } from "./support/kinds.ts";
import { CURRENCIES, HELD_KEYS } from "./support/personalisation.ts";
import { READ_TOTALS } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { type Change, expectTotals, readTotals } from "./support/totals.ts";

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-TOT-01",
    purpose:
      "Totals are kept apart by provider, currency and exponent; each purchase moves its own line alone, issued or confirmed",
    requirements: ["PSAM-0044-h", "PSAM-0044-n", "PSAM-0044-o"],
    consumes: { NTPSAM: 24 },
    async run(_, psam) {
      const before = await readTotals(psam);
      const changes: Change[] = [];
      const issued = [];
      let MPDA = 1;
      for (const PPIEP of ["000123", "000456"]) {
        for (const currency of CURRENCIES) {
          for (const kind of ["confirmed", "issued", "issued"] as const) {
            const debit = await drawAs(psam, kind, { INITRSP: purse({ PPIEP, ...currency }), MPDA });
            changes.push(lineOf(debit));
            await expectTotals(psam, `with ${PPIEP} in ${currency.CURRIEP}`, before, changes);
            if (kind === "issued") issued.push(debit);
            MPDA = MPDA * 2 + 1;
            if (MPDA > 50_000) MPDA = 3;
          }
        }
      }
      for (const debit of issued) {
        await psam.says("CANCEL, withdraw", withdraw(debit.IDTRX), "9000");
        const { MTOT, NTOT, ...line } = lineOf(debit);
        changes.push({ ...line, MTOT: -MTOT, NTOT: -NTOT });
        await expectTotals(psam, "after one was taken back", before, changes);
      }
    },
  }),
  psamCase({
    id: "PSAM-TOT-02",
    purpose:
      "A line whose number becomes zero is gone, also when it was begun by a purchase that is taken back, and comes again",
    requirements: ["PSAM-0044-h", "PSAM-0080-c"],
    consumes: { NTPSAM: 16 },
    async run(_, psam) {
      const before = await readTotals(psam);
      for (const end of [withdraw, suspend]) {
        for (const currency of CURRENCIES) {
          const INITRSP = purse({ PPIEP: "000456", ...currency });
          for (let time = 0; time < 2; time++) {
            const { IDTRX } = await drawAs(psam, "issued", { INITRSP });
            await psam.says("CANCEL", end(IDTRX), "9000");
            await expectTotals(psam, "after it was taken back", before, []);
          }
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-TOT-03",
    purpose: "Sums carry over all six bytes: beyond four, up and down again",
    requirements: ["PSAM-0044-c", "PSAM-0044-e"],
    consumes: { NTPSAM: 14 },
    async run(_, psam) {
      const before = await readTotals(psam);
      const INITRSP = purse({ BALIEP: 0xffff_ffff, CURRIEP: "0392", CEXPIEP: 0 });
      const debits = [];
      for (const MPDA of [0xffff_ffff, 1, 0xff, 0xffff_ff01, 0x8000_0000, 0x8000_0000, 0xffff_ffff, 0xffff_ffff]) {
        debits.push(await drawAs(psam, "issued", { INITRSP, MPDA }));
        await expectTotals(psam, `after ${MPDA} more`, before, debits.map(lineOf));
      }
      while (debits.length > 0) {
        const debit = debits.splice((debits.length * 5) % 3, 1)[0] ?? debits.pop();
        if (debit) await psam.says("CANCEL, withdraw", withdraw(debit.IDTRX), "9000");
        await expectTotals(psam, "after one was taken back", before, debits.map(lineOf));
      }
    },
  }),
  psamCase({
    id: "PSAM-TOT-04",
    purpose: "Cards of one provider under different keys and algorithms are counted in one line",
    requirements: ["PSAM-0044-n"],
    consumes: { NTPSAM: 5 },
    async run(_, psam) {
      const before = await readTotals(psam);
      const changes: Change[] = [];
      const programs = [...HELD_KEYS, { PPIEP: "000123", ALGIEP: 0x10, VKIEP: 1 }];
      for (const program of programs) {
        const debit = await drawAs(psam, "open", { INITRSP: purse(program), MPDA: 7 });
        await confirm(psam, debit, cardrsp(psam, debit));
        changes.push(lineOf(debit));
        await expectTotals(psam, `with ${Object.values(program).join("/")}`, before, changes);
      }
    },
  }),
  psamCase({
    id: "PSAM-TOT-05",
    purpose:
      "READ TOTALS reads the same in every state, changes nothing, and tells next number, date of the last update and suspended count",
    requirements: ["PSAM-0044-h", "PSAM-0044-m"],
    consumes: { NTPSAM: 2 },
    async run(t, psam) {
      const { updated, suspended, NTPSAM } = await readTotals(psam);
      t.expect.that(isDate(updated), "the date of the last update is a day", { actual: updated });
      const whole = await psam.send(READ_TOTALS);
      const same = async (place: string) => await psam.says(`READ TOTALS in ${place}`, READ_TOTALS, whole);
      await same("idle");
      await present(psam, purse({ ALGIEP: 0x10 }), same);
      await psam.select();
      const { IDTRX } = await drawAs(psam, "open");
      t.expect.equal("NTPSAM while a debit is open", (await readTotals(psam)).NTPSAM, NTPSAM + 1);
      t.expect.equal("suspended while a debit is open", (await readTotals(psam)).suspended, suspended);
      await psam.says("CANCEL, suspend", suspend(IDTRX), "9000");
      t.expect.equal("suspended afterwards", (await readTotals(psam)).suspended, suspended + 1);
    },
  }),
];
