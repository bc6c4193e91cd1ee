/** What the security card keeps, for how many, and how long (`psam-edge.md` 2). */
import type { Case } from "../define/case.ts";
import {
  complete,
  confirm,
  confirmation,
  draw,
  packageData,
  packageDebit,
  present,
  suspend,
  withdraw,
} from "./support/draw.ts";
import { drawAs, LIVING, lineOf } from "./support/kinds.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, type Debit, purse } from "./support/purse.ts";
import { expectTotals, readTotals } from "./support/totals.ts";

const SUSPENDED = 16;
const ISSUED = 64;
const REMEMBERED = 1_000;

/** With as many suspended transactions as there is room for. */
async function fill(psam: Psam): Promise<Debit[]> {
  const debits: Debit[] = [];
  for (let count = (await readTotals(psam)).suspended; count < SUSPENDED; count++) {
    debits.push(await drawAs(psam, "suspended", { INITRSP: purse({ NTIEP: count + 1 }), MPDA: count + 1 }));
  }
  return debits;
}

/** A debit with either P1 must be refused for want of room. */
async function expectNoRoom(psam: Psam, when: string): Promise<void> {
  for (const p1 of ["00", "01"] as const) {
    await present(psam);
    const command = packageDebit(packageData({ IDTRX: psam.nextIdtrx() }), p1);
    await psam.says(`PACKAGE: DEBIT, P1 ${p1}, ${when}`, command, "9417");
  }
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-KEP-01",
    purpose: "Sixteen transactions can be suspended; the next debit is refused, with either P1, until one of them ends",
    requirements: ["PSAM-0080-c"],
    consumes: { NTPSAM: 20 },
    async run(t, psam) {
      const before = await readTotals(psam);
      const debits = await fill(psam);
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, SUSPENDED);
      await expectNoRoom(psam, "with sixteen suspended");
      const [first, second, ...rest] = debits as [Debit, Debit, ...Debit[]];
      await confirm(psam, first, cardrsp(psam, first));
      const again = await drawAs(psam, "suspended");
      await expectNoRoom(psam, "with sixteen suspended again");
      await psam.says("CANCEL of one", withdraw(second.IDTRX), "9000");
      const last = await draw(psam);
      t.expect.equal("suspended while one is open", (await readTotals(psam)).suspended, SUSPENDED - 1);
      await psam.says("CANCEL, suspend, of the open one", suspend(last.IDTRX), "9000");
      for (const debit of [...rest, again, last]) await confirm(psam, debit, cardrsp(psam, debit));
      await expectTotals(psam, "after all were completed", before, [first, ...rest, again, last].map(lineOf));
    },
  }),
  psamCase({
    id: "PSAM-KEP-02",
    purpose: "Want of room is told last: every other fault of a debit comes before it",
    requirements: ["PSAM-0044-b"],
    consumes: { NTPSAM: 18 },
    async run(_, psam) {
      const [{ IDTRX }] = (await fill(psam)) as [Debit, ...Debit[]];
      for (const [SW, wish] of [
        ["6A80", { MPDA: 0 }],
        ["9414", { currency: "039200" }],
        ["9413", { DTHR: "21000101000000" }],
        ["9401", { MPDA: 50_001 }],
        ["9416", { IDTRX }],
        ["9417", {}],
      ] as const) {
        await present(psam);
        await psam.says(
          `PACKAGE: DEBIT that is ${SW}`,
          packageDebit(packageData({ IDTRX: psam.nextIdtrx(), ...wish })),
          SW,
        );
      }
    },
  }),
  psamCase({
    id: "PSAM-KEP-03",
    purpose: "Sixty-four transactions can be issued and taken back; the sixty-fifth makes the oldest of them confirmed",
    requirements: ["PSAM-0080-c", "PSAM-0044-c"],
    consumes: { NTPSAM: 66 },
    async run(t, psam) {
      // issued ones of before are pushed out first: what is at hand then is of this case alone
      const before = await readTotals(psam);
      const debits: Debit[] = [];
      for (let count = 0; count < ISSUED + 2; count++) debits.push(await drawAs(psam, "issued", { MPDA: count + 1 }));
      await expectTotals(psam, "with all issued", before, debits.map(lineOf));
      const [first, second, third, ...rest] = debits as [Debit, Debit, Debit, ...Debit[]];
      for (const debit of [first, second]) {
        await psam.says("CANCEL, withdraw, of the oldest", withdraw(debit.IDTRX), "9415");
        await psam.says("CANCEL, suspend, of the oldest", suspend(debit.IDTRX), "9415");
        await psam.says("COMPLETE of the oldest", complete(debit.IDTRX, cardrsp(psam, debit)), "9416");
      }
      await psam.says("CANCEL, withdraw, of the third", withdraw(third.IDTRX), "9000");
      const kept = rest.slice(0, 10);
      for (const debit of kept) await confirm(psam, debit, cardrsp(psam, debit));
      for (const { IDTRX } of rest.slice(10)) await psam.says("CANCEL, withdraw", withdraw(IDTRX), "9000");
      await expectTotals(psam, "at the end", before, [first, second, ...kept].map(lineOf));
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, before.suspended);
    },
  }),
  psamCase({
    id: "PSAM-KEP-04",
    purpose:
      "Issued transactions that are taken back find room beyond the sixteen, and each can still be completed or withdrawn",
    requirements: ["PSAM-0080-c"],
    consumes: { NTPSAM: 81 },
    async run(t, psam) {
      const before = await readTotals(psam);
      const issued: Debit[] = [];
      for (let count = 0; count < ISSUED; count++) issued.push(await drawAs(psam, "issued", { MPDA: 3 }));
      const waiting = await fill(psam);
      for (const { IDTRX } of issued) await psam.says("CANCEL, suspend, of an issued one", suspend(IDTRX), "9000");
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, SUSPENDED + ISSUED);
      await expectTotals(psam, "with all taken back", before, []);
      await expectNoRoom(psam, "with eighty suspended");
      for (const debit of issued.slice(0, ISSUED - 1)) await confirm(psam, debit, cardrsp(psam, debit));
      await expectNoRoom(psam, "with seventeen suspended");
      const last = issued.slice(-1);
      for (const { IDTRX } of last) await psam.says("CANCEL, withdraw", withdraw(IDTRX), "9000");
      await expectNoRoom(psam, "with sixteen suspended");
      for (const { IDTRX } of waiting.slice(0, 1)) await psam.says("CANCEL, withdraw", withdraw(IDTRX), "9000");
      const next = await draw(psam);
      await psam.says("CANCEL", withdraw(next.IDTRX), "9000");
      await expectTotals(psam, "at the end", before, issued.slice(0, ISSUED - 1).map(lineOf));
    },
  }),
  psamCase({
    id: "PSAM-KEP-05",
    purpose:
      "The identifiers of the last thousand confirmed transactions are remembered: none is confirmed or issued again",
    requirements: ["PSAM-0085-d", "PSAM-0044-c"],
    consumes: { NTPSAM: 1_000 },
    timeoutMs: 180_000,
    async run(t, psam) {
      const before = await readTotals(psam);
      const debits: Debit[] = [];
      for (let count = 0; count < REMEMBERED; count++) {
        const debit = await draw(psam, { INITRSP: purse({ ALGIEP: 5 }), MPDA: 1 });
        await confirm(psam, debit, cardrsp(psam, debit));
        debits.push(debit);
      }
      for (const debit of debits.filter((_, index) => index < 10 || index % 5 === 0 || index > REMEMBERED - 10)) {
        await psam.says("COMPLETE once more", complete(debit.IDTRX, cardrsp(psam, debit)), "9416");
      }
      for (const { IDTRX } of [debits[0], debits[1], debits[500], debits.at(-1)].filter((each) => each !== undefined)) {
        await present(psam);
        await psam.says("PACKAGE: DEBIT of it", packageDebit(packageData({ IDTRX, MPDA: 1 })), "9416");
      }
      const line = { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: REMEMBERED, NTOT: REMEMBERED };
      await expectTotals(psam, "after a thousand", before, [line]);
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, before.suspended);
    },
  }),
  psamCase({
    id: "PSAM-KEP-06",
    purpose:
      "Several transactions at once, open, suspended and issued, are completed in any order, each by its own answer",
    requirements: ["PSAM-0085-d", "PSAM-0044-n"],
    consumes: { NTPSAM: 20 },
    async run(t, psam) {
      const before = await readTotals(psam);
      const debits: { readonly debit: Debit; readonly counted: boolean }[] = [];
      const cards = [
        purse(),
        purse({ ALGIEP: 5 }),
        purse({ PPIEP: "000456" }),
        purse({ VKIEP: 2 }),
        purse({ ALGIEP: 0x10 }),
      ];
      for (const [index, INITRSP] of cards.entries()) {
        for (const [step, kind] of (["suspended", "issued", "taken back"] as const).entries()) {
          const debit = await drawAs(psam, kind, { INITRSP, MPDA: 100 * index + step + 1 });
          debits.push({ debit, counted: (index + step) % 3 !== 0 });
        }
      }
      const shuffled = debits
        .map((each, index) => ({ each, rank: (index * 7) % debits.length }))
        .sort((a, b) => a.rank - b.rank);
      for (const { each } of shuffled) {
        const { debit, counted } = each;
        if (counted) await psam.says("COMPLETE", complete(debit.IDTRX, cardrsp(psam, debit)), confirmation(debit));
        else await psam.says("COMPLETE, negative", complete(debit.IDTRX, cardrsp(psam, debit, { CC: "9401" })), "9404");
      }
      const lines = debits.filter(({ counted }) => counted).map(({ debit }) => lineOf(debit));
      await expectTotals(psam, "after all", before, lines);
      t.expect.equal("suspended transactions", (await readTotals(psam)).suspended, before.suspended);
    },
  }),
  psamCase({
    id: "PSAM-KEP-07",
    purpose: "Reset and SELECT lose no transaction: each is completed late, a debit that was open as a suspended one",
    requirements: ["PSAM-0080-c", "PSAM-0085-d"],
    consumes: { NTPSAM: 36 },
    async run(t, psam) {
      const ways = {
        SELECT: async () => undefined,
        "a warm reset": async () => await psam.reset("warm"),
        "a cold reset": async () => await psam.reset("cold"),
      };
      for (const [way, happen] of Object.entries(ways)) {
        for (const ALGIEP of [4, 5, 0x10]) {
          const before = await readTotals(psam);
          const debits: Debit[] = [];
          for (const kind of [...LIVING].reverse())
            debits.push(await drawAs(psam, kind, { INITRSP: purse({ ALGIEP }) }));
          await happen();
          await psam.select();
          t.expect.equal(`suspended after ${way}`, (await readTotals(psam)).suspended, before.suspended + 3);
          for (const debit of debits) await confirm(psam, debit, cardrsp(psam, debit));
          await expectTotals(psam, `after ${way} and COMPLETE`, before, debits.map(lineOf));
          for (const debit of debits) {
            await psam.says("COMPLETE once more", complete(debit.IDTRX, cardrsp(psam, debit)), "9416");
          }
        }
      }
    },
  }),
];
