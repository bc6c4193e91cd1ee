/** PACKAGE: DEBIT that is not refused (`psam-edge.md` 4.3): every byte of DEBITDATA, S2 and EXPECTED. */
import { concat, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { signS2 } from "../../harness/crypto/purse-signatures.ts";
import type { InitResponse } from "../../harness/protocol/messages/init-response.ts";
import type { Case } from "../define/case.ts";
import {
  confirm,
  draw,
  issueDebit,
  packageData,
  packageDebit,
  present,
  suspend,
  type Wish,
  withdraw,
} from "./support/draw.ts";
import { CURRENCIES, PROGRAMS } from "./support/personalisation.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { AT, cardrsp, type Debit, purse, sessionKeys } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

/** DEBITDATA and, of a debit that is issued at once, EXPECTED must be these very bytes. */
async function expectDebit(psam: Psam, what: string, wish: Wish, NTPSAM: number): Promise<Debit> {
  const IDTRX = wish.IDTRX ?? psam.nextIdtrx();
  const debit = await draw(psam, { ...wish, IDTRX });
  const { INITRSP, DEBITDATA, EXPECTED } = debit;
  const head = concat(fromHex(psam.PPPSAM + psam.IDPSAM), uintToBytes(NTPSAM, 4));
  const unsigned = concat(head, packageData({ ...wish, IDTRX }));
  const { expect } = psam.t;
  expect.equal(`DEBITDATA without S2: ${what}`, toHex(DEBITDATA.subarray(0, 45)), toHex(unsigned));
  const { KS2 } = sessionKeys(psam, debit);
  const S2 = signS2(INITRSP[AT.ALGIEP] ?? 0, KS2, INITRSP, unsigned);
  expect.equal(`S2: ${what}`, toHex(DEBITDATA.subarray(45)), toHex(S2), { requirement: "PSAM-0080-a" });
  if (EXPECTED)
    expect.equal(`EXPECTED: ${what}`, toHex(EXPECTED), toHex(cardrsp(psam, debit)), { requirement: "PSAM-0085-a" });
  return debit;
}

/** Values at the ends and in the middle of each element that S2 and S3 are over. */
const CARDS: readonly Partial<InitResponse>[] = [
  { IDIEP: "0000000001" },
  { IDIEP: "9999999999" },
  { IDIEP: "1234567890" },
  { DEXPIEP: "261231" },
  { DEXPIEP: "300101" },
  { BALIEP: 995 },
  { BALIEP: 0xffff_ffff },
  { BALIEP: 0x8000_0000 },
  { BALIEP: 0x0001_0000 },
  { NTIEP: 0 },
  { NTIEP: 1 },
  { NTIEP: 0xff },
  { NTIEP: 0x100 },
  { NTIEP: 0xfffe },
  { R: "00000000" },
  { R: "FFFFFFFF" },
  { R: "00000001" },
  { R: "80000000" },
];

export const cases: readonly Case[] = [
  ...(["00", "01"] as const).map((p1) =>
    psamCase({
      id: `PSAM-DEB-0${p1 === "00" ? 1 : 2}`,
      purpose: `For cards of every program and currency the debit ${p1 === "00" ? "command is" : "and the expected answer of the card are"} right to the last byte`,
      requirements:
        p1 === "00"
          ? ["PSAM-0094-a", "PSAM-0094-b", "PSAM-0094-c", "PSAM-0094-d", "PSAM-0094-e", "PSAM-0094-f", "PSAM-0094-g"]
          : ["PSAM-0085-a"],
      consumes: { NTPSAM: 20 },
      async run(_, psam) {
        let { NTPSAM } = await readTotals(psam);
        for (const program of PROGRAMS) {
          for (const currency of CURRENCIES) {
            const INITRSP = purse({ ...program, ...currency });
            const what = `${Object.values(program).join("/")} in ${currency.CURRIEP}`;
            const debit = await expectDebit(psam, what, { INITRSP, p1, MPDA: NTPSAM % 49_999 }, NTPSAM);
            await psam.says("CANCEL", withdraw(debit.IDTRX), "9000");
            NTPSAM++;
          }
        }
      },
    }),
  ),
  psamCase({
    id: "PSAM-DEB-03",
    purpose: "S2 and EXPECTED follow from everything that the card says of itself, at the ends of each element too",
    requirements: ["PSAM-0080-a", "PSAM-0044-i"],
    consumes: { NTPSAM: 54 },
    async run(_, psam) {
      let { NTPSAM } = await readTotals(psam);
      for (const ALGIEP of [4, 5, 0x10]) {
        for (const card of CARDS) {
          const what = `ALGIEP ${ALGIEP}, ${JSON.stringify(card)}`;
          const { IDTRX } = await expectDebit(psam, what, { INITRSP: purse({ ALGIEP, ...card }), p1: "01" }, NTPSAM++);
          await psam.says("CANCEL", withdraw(IDTRX), "9000");
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-DEB-04",
    purpose: "Amount, date, location and identifier come back as they were given, at their ends too",
    requirements: ["PSAM-0094-c", "PSAM-0094-d", "PSAM-0094-g"],
    consumes: { NTPSAM: 20 },
    async run(_, psam) {
      let { NTPSAM } = await readTotals(psam);
      const rich = purse({ BALIEP: 0xffff_ffff });
      const wishes: readonly Wish[] = [
        ...[1, 0xff, 0x100, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff].map((MPDA) => ({ MPDA })),
        { DTHR: "20260101000000" },
        { DTHR: "20261231235959" },
        { DTHR: "20280229120000" },
        { DTHR: "20991231235959" },
        { LOC: "00000000" },
        { LOC: "99999999" },
        { LOC: "FFFFFFFF" },
        { IDTRX: "0".repeat(32) },
        { IDTRX: "F".repeat(32) },
        { IDTRX: `${"0".repeat(31)}1` },
      ];
      for (const wish of wishes) {
        const { IDTRX } = await expectDebit(psam, JSON.stringify(wish), { INITRSP: rich, ...wish }, NTPSAM++);
        await psam.says("CANCEL", withdraw(IDTRX), "9000");
      }
    },
  }),
  psamCase({
    id: "PSAM-DEB-05",
    purpose: "NTPSAM advances by one with each debit command, whatever becomes of it, and with nothing else",
    requirements: ["PSAM-0080-a"],
    consumes: { NTPSAM: 9 },
    async run(t, psam) {
      let { NTPSAM } = await readTotals(psam);
      const endings: readonly (readonly [string, Wish["p1"], (debit: Debit) => Promise<void>])[] = [
        ["completed", "00", async (debit) => await confirm(psam, debit, cardrsp(psam, debit))],
        ["withdrawn", "00", async ({ IDTRX }) => await psam.says("CANCEL", withdraw(IDTRX), "9000")],
        ["suspended", "00", async ({ IDTRX }) => await psam.says("CANCEL", suspend(IDTRX), "9000")],
        ["left alone at SELECT", "00", async () => await psam.select()],
        ["issued at once", "01", async () => undefined],
        ["issued and taken back", "01", async ({ IDTRX }) => await psam.says("CANCEL", withdraw(IDTRX), "9000")],
        ["issued and completed", "01", async (debit) => await confirm(psam, debit, cardrsp(psam, debit))],
      ];
      for (const [what, p1 = "00", end] of endings) {
        const debit = await expectDebit(psam, what, { p1 }, NTPSAM++);
        await end(debit);
        t.expect.equal(`NTPSAM after a debit that was ${what}`, (await readTotals(psam)).NTPSAM, NTPSAM);
        await present(psam);
        const IDTRX = psam.nextIdtrx();
        await psam.says("PACKAGE: DEBIT over zero", packageDebit(packageData({ IDTRX, MPDA: 0 }), p1), "6A80");
        t.expect.equal("NTPSAM after a debit that was refused", (await readTotals(psam)).NTPSAM, NTPSAM);
      }
    },
  }),
  psamCase({
    id: "PSAM-DEB-06",
    purpose: "Debits of one card under one challenge have different signatures; nothing of a session serves again",
    requirements: ["PSAM-0044-i"],
    consumes: { NTPSAM: 31 },
    async run(t, psam) {
      for (const ALGIEP of [4, 5, 0x10]) {
        const INITRSP = purse({ ALGIEP });
        const seen = new Set<string>();
        const keys = new Set<string>();
        for (let round = 0; round < 10; round++) {
          const debit = await draw(psam, { INITRSP });
          seen.add(toHex(debit.DEBITDATA.subarray(45)));
          if (debit.SK) keys.add(toHex(debit.SK));
          await psam.says("CANCEL", withdraw(debit.IDTRX), "9000");
        }
        t.expect.equal(`different S2 of 10 debits, ALGIEP ${ALGIEP}`, seen.size, 10);
        if (ALGIEP === 0x10) t.expect.equal("different session keys of 10 debits", keys.size, 10);
      }
      await present(psam);
      const { IDTRX } = await issueDebit(psam);
      await psam.says("CANCEL", withdraw(IDTRX), "9000");
    },
  }),
];
