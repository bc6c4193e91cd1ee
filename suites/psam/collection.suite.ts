/** COLLECT (`psam-edge.md` 4.8). */
import { concat, toHex } from "../../harness/core/bytes.ts";
import type { TotalsLine } from "../../harness/protocol/messages/psam-read-totals.ts";
import type { Case } from "../define/case.ts";
import { put } from "./support/apdu.ts";
import {
  collect,
  collectAll,
  collected,
  DIGEST,
  endOfCollection,
  lines,
  OTHER_DIGEST,
  s5,
  sell,
} from "./support/clearing.ts";
import { confirm, present, withdraw } from "./support/draw.ts";
import { drawAs, lineOf } from "./support/kinds.ts";
import { CURRENCIES } from "./support/personalisation.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { changed, euro, expectTotals, readTotals } from "./support/totals.ts";

const about = { requirement: "PSAM-0044-e" };

const yen = (MTOT: number, NTOT: number): TotalsLine => ({ PPIEP: "000123", CURR: "0392", CEXP: 0, MTOT, NTOT });
const minus = (of: readonly TotalsLine[]) => of.map((line) => ({ ...line, MTOT: -line.MTOT, NTOT: -line.NTOT }));

/** What is held of that line by now; zeros where there is none. */
async function held(psam: Psam, line: TotalsLine): Promise<TotalsLine> {
  const { totals } = await readTotals(psam);
  const isOf = (each: TotalsLine) => each.PPIEP === line.PPIEP && each.CURR === line.CURR && each.CEXP === line.CEXP;
  return totals.find(isOf) ?? { ...line, MTOT: 0, NTOT: 0 };
}

/** Sold in two lines, and the number that the next collection has. */
async function twoLines(psam: Psam): Promise<{ readonly LINES: Uint8Array; readonly NTCOL: number }> {
  await sell(psam, 1);
  const NTCOL = 1 + (await collectAll(psam, [euro(1, 1)]));
  await sell(psam, 995);
  await sell(psam, 300, purse({ CURRIEP: "0392", CEXPIEP: 0 }));
  return { LINES: lines([euro(995, 1), yen(300, 1)]), NTCOL };
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-COL-01",
    purpose:
      "Collections of one line and of many take exactly these out of the totals; number and S4 are right, and the number rises by one",
    requirements: ["PSAM-0044-c", "PSAM-0044-e"],
    consumes: { NTPSAM: 16 },
    async run(t, psam) {
      const before = await readTotals(psam);
      const of: TotalsLine[] = [];
      for (const PPIEP of ["000123", "000456"]) {
        for (const currency of CURRENCIES) {
          const MPDA = 100 + of.length;
          for (let time = 0; time < 2; time++) await sell(psam, MPDA, purse({ PPIEP, ...currency }));
          of.push({ PPIEP, CURR: currency.CURRIEP, CEXP: currency.CEXPIEP, MTOT: 2 * MPDA, NTOT: 2 });
        }
      }
      const [first, ...rest] = of as [TotalsLine, ...TotalsLine[]];
      const half = { ...first, MTOT: first.MTOT / 2, NTOT: 1 };
      const taken: TotalsLine[] = [];
      let NTCOL: number | undefined;
      for (const lot of [[half], [half, ...rest.slice(0, 2)], rest.slice(2)]) {
        const number = await collectAll(psam, lot, toHex(new Uint8Array(32).fill(lot.length)));
        if (NTCOL !== undefined) t.expect.equal("NTCOL of the next collection", number, NTCOL + 1, about);
        NTCOL = number;
        taken.push(...lot);
        await expectTotals(psam, `after collection of ${lot.length} lines`, before, [...of, ...minus(taken)], about);
      }
    },
  }),
  psamCase({
    id: "PSAM-COL-02",
    purpose:
      "The same lines again take nothing twice and keep their number, after SELECT and reset too; a DIGEST set right is signed and kept",
    requirements: ["PSAM-0044-e", "PSAM-0044-c"],
    consumes: { NTPSAM: 3 },
    async run(_, psam) {
      const before = await readTotals(psam);
      const { LINES, NTCOL } = await twoLines(psam);
      const again = async (what: string, digest = DIGEST) =>
        await psam.says(`COLLECT ${what}`, collect(LINES, digest), collected(psam, NTCOL, LINES, digest), about);
      await again("for the first time");
      await again("again");
      await psam.select();
      await again("after SELECT");
      for (const kind of ["warm", "cold"] as const) {
        await psam.reset(kind);
        await psam.select();
        await again(`after a ${kind} reset`);
      }
      await again("with another DIGEST", OTHER_DIGEST);
      const late = endOfCollection(NTCOL, s5(psam, NTCOL));
      await psam.says("END OF COLLECTION over the DIGEST of before", late, "9302", about);
      await again("with the DIGEST of before");
      await psam.says(
        "END OF COLLECTION over the other",
        endOfCollection(NTCOL, s5(psam, NTCOL, OTHER_DIGEST)),
        "9302",
        about,
      );
      await expectTotals(psam, "after all of that", before, [], about);
      await psam.says("END OF COLLECTION", late, "9000");
      await psam.says("END OF COLLECTION again", late, "9415");
    },
  }),
  psamCase({
    id: "PSAM-COL-03",
    purpose:
      "What are no lines of READ TOTALS in ascending order, each once, are refused for that, and nothing is taken",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 3 },
    async run(t, psam) {
      const { LINES } = await twoLines(psam);
      const before = await readTotals(psam);
      const one = LINES.subarray(0, 16);
      const two = LINES.subarray(16);
      const rows: (readonly [string, Uint8Array])[] = [
        ["descending", collect(concat(two, one))],
        ["one twice", collect(concat(one, one))],
        ["the second twice", collect(concat(one, two, two))],
        ["a sum of zero", collect(put(one, 6, new Uint8Array(6)))],
        ["a number of zero", collect(put(one, 12, new Uint8Array(4)))],
        ["a number of zero in the second line", collect(concat(one, put(two, 12, new Uint8Array(4))))],
        ["a provider that is no number", collect(put(one, 1, "0A"))],
        ["a currency that is no number", collect(put(one, 3, "0F"))],
        ["an exponent of 4", collect(put(one, 5, "04"))],
        ["half a line", collect(LINES.subarray(0, 24))],
        ["one byte too many", collect(concat(one, Uint8Array.of(0)))],
        ["one byte too few", collect(LINES.subarray(0, 31))],
      ];
      for (const count of [0, 1, 3, 13, 14, 0x80, 0xff])
        rows.push([`${count} lines said, 2 there`, collect(LINES, DIGEST, count)]);
      for (const count of [0, 2, 255]) rows.push([`${count} lines said, 1 there`, collect(one, DIGEST, count)]);
      for (const [what, command] of rows) await psam.says(`COLLECT with ${what}`, command, "6A80", about);
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
      await collectAll(psam, [yen(300, 1), euro(995, 1)]);
    },
  }),
  psamCase({
    id: "PSAM-COL-04",
    purpose:
      "No line above what is held confirmed is collected, and none that would leave a sum without a number or the reverse",
    requirements: ["PSAM-0044-c", "PSAM-0044-e"],
    consumes: { NTPSAM: 6 },
    async run(t, psam) {
      await sell(psam, 100);
      await sell(psam, 100);
      await sell(psam, 7, purse({ CURRIEP: "0392", CEXPIEP: 0 }));
      const { MTOT, NTOT } = await held(psam, euro(0, 0));
      const issued = await drawAs(psam, "issued", { MPDA: 50 });
      const alone = await drawAs(psam, "issued", { INITRSP: purse({ PPIEP: "000456", CURRIEP: "0414", CEXPIEP: 3 }) });
      const before = await readTotals(psam);
      const absent = before.totals.some(({ PPIEP, CURR }) => PPIEP === "000456" && CURR === "0414")
        ? []
        : [lineOf(alone)];
      const rows: (readonly [string, readonly TotalsLine[]])[] = [
        ["a sum above all by one", [euro(MTOT + 1, NTOT)]],
        ["a number above all by one", [euro(MTOT, NTOT + 1)]],
        ["what is issued too", [euro(MTOT + 50, NTOT + 1)]],
        ["a sum of what is issued too", [euro(MTOT + 50, NTOT)]],
        ["a sum far above", [euro(0xffff_ffff_ffff, NTOT)]],
        ["a number far above", [euro(MTOT, 0xffff_ffff)]],
        ["a sum above by 2 to the 32nd", [euro(MTOT + 0x1_0000_0000, NTOT)]],
        ["the whole sum, not the whole number", [euro(MTOT, NTOT - 1)]],
        ["the whole number, not the whole sum", [euro(MTOT - 1, NTOT)]],
        ["a provider without a line", [{ ...euro(1, 1), PPIEP: "000777" }]],
        ["a currency without a line", [{ ...euro(1, 1), CURR: "0840" }]],
        ["an exponent without a line", [{ ...euro(1, 1), CEXP: 3 }]],
        ["a good line and one too high", [yen(7, 1), euro(MTOT + 1, NTOT)]],
        ["one too high and a good line", [yen(0xffff_ffff, 1), euro(MTOT, NTOT)]],
        ...absent.map((line) => ["a line of which all is issued", [line]] as const),
      ];
      for (const [what, of] of rows) {
        await psam.says(`COLLECT of ${what}`, collect(lines(of)), "9418", about);
        t.expect.equal(`what the security card says of itself after ${what}`, await readTotals(psam), before);
      }
      await collectAll(psam, [euro(MTOT, NTOT)]);
      await expectTotals(psam, "after the right one", before, minus([euro(MTOT, NTOT)]));
      await psam.says("CANCEL of what is issued", withdraw(issued.IDTRX), "9000");
      t.expect.equal("the line without it", await held(psam, euro(0, 0)), euro(0, 0));
      await collectAll(psam, [yen(7, 1)]);
    },
  }),
  psamCase({
    id: "PSAM-COL-05",
    purpose: "While a collection is kept, no other is begun: fewer lines, more, or any byte of them another",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 5 },
    async run(t, psam) {
      const { LINES, NTCOL } = await twoLines(psam);
      await sell(psam, 995);
      await sell(psam, 300, purse({ CURRIEP: "0392", CEXPIEP: 0 }));
      await psam.says("COLLECT", collect(LINES), collected(psam, NTCOL, LINES));
      const before = await readTotals(psam);
      const one = LINES.subarray(0, 16);
      const others: (readonly [string, Uint8Array])[] = [
        ["the first line alone", one],
        ["the second line alone", LINES.subarray(16)],
        ["a third line", lines([yen(300, 1), euro(995, 1), { ...euro(1, 1), PPIEP: "000456" }])],
        ["another provider", put(LINES, 16, "000456")],
      ];
      for (const at of [0, 16]) {
        for (let byte = 6; byte < 16; byte++) {
          others.push([
            `byte ${at + byte} another`,
            put(LINES, at + byte, Uint8Array.of((LINES[at + byte] ?? 0) ^ 0x02)),
          ]);
        }
      }
      for (const [what, other] of others) await psam.says(`COLLECT with ${what}`, collect(other), "9419", about);
      for (const [what, command] of [
        ["descending lines", collect(concat(LINES.subarray(16), one))],
        ["a wrong number of lines", collect(LINES, DIGEST, 1)],
      ] as const) {
        await psam.says(`COLLECT with ${what}`, command, "6A80", about);
      }
      await psam.says("COLLECT of what was never held", collect(lines([euro(0xffff_ffff, 1)])), "9419", about);
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
      await psam.says("END OF COLLECTION", endOfCollection(NTCOL, s5(psam, NTCOL)), "9000");
      await psam.says(
        "COLLECT of the same lines, which are another collection now",
        collect(LINES),
        collected(psam, NTCOL + 1, LINES),
      );
      await psam.says("END OF COLLECTION", endOfCollection(NTCOL + 1, s5(psam, NTCOL + 1)), "9000");
    },
  }),
  psamCase({
    id: "PSAM-COL-06",
    purpose:
      "A collection does not disturb a draw, at whatever point, nor what is open, suspended or issued; later purchases are not in it",
    requirements: ["PSAM-0059-a", "PSAM-0044-c"],
    consumes: { NTPSAM: 16 },
    async run(_, psam) {
      const start = await readTotals(psam);
      const INITRSP = purse({ ALGIEP: 0x10 });
      const waiting = [await drawAs(psam, "suspended"), await drawAs(psam, "issued"), await drawAs(psam, "taken back")];
      for (let count = 0; count < 4; count++) await sell(psam, 10);
      await present(psam, INITRSP, async () => {
        await collectAll(psam, [euro(10, 1)]);
      });
      await psam.select();
      await sell(psam, 10);
      const open = await drawAs(psam, "open", { MPDA: 20 });
      await collectAll(psam, [euro(10, 1)]);
      await confirm(psam, open, cardrsp(psam, open));
      for (const debit of waiting) await confirm(psam, debit, cardrsp(psam, debit));
      const all = [open, ...waiting].map(lineOf);
      await expectTotals(psam, "at the end", start, all);
      const [whole] = changed([], all) as [TotalsLine];
      await collectAll(psam, [whole]);
      await expectTotals(psam, "after all were collected", start, []);
    },
  }),
];
