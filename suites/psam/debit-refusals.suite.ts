/** What PACKAGE: DEBIT refuses (`psam-edge.md` 4.3). */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { byteText } from "./support/apdu.ts";
import { certificatesFor } from "./support/certificates.ts";
import { EVERY_BYTE } from "./support/commands.ts";
import { dayAfter } from "./support/days.ts";
import {
  confirm,
  draw,
  packageAtr,
  packageCard,
  packageData,
  packageDebit,
  packageInitialise,
  packageIssuer,
  present,
  suspend,
  type Wish,
  withdraw,
} from "./support/draw.ts";
import { CURRENCIES } from "./support/personalisation.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

/** A draw that must be refused with `SW`, or issued (`9000`), then withdrawn; idle before and after. */
async function judge(psam: Psam, what: string, wish: Wish, SW: string): Promise<void> {
  const INITRSP = wish.INITRSP ?? purse();
  await present(psam, INITRSP);
  await judgePackage(psam, what, wish, SW);
}

/** The same for the card that was accepted. */
async function judgePackage(psam: Psam, what: string, wish: Wish, SW: string): Promise<void> {
  const IDTRX = wish.IDTRX ?? psam.nextIdtrx();
  const command = packageDebit(packageData({ ...wish, IDTRX }), wish.p1);
  if (SW !== "9000") return await psam.says(what, command, SW);
  psam.issued.add(IDTRX);
  await psam.answers(what, command);
  await psam.says("CANCEL", withdraw(IDTRX), "9000");
}

const AMOUNTS: readonly (readonly [BALIEP: number, MPDA: number])[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [1, 2],
  [0xff, 0x100],
  [0x100, 0xff],
  [0x100, 0x100],
  [0x100, 0x101],
  [0xffff, 0x10000],
  [0x10000, 0xffff],
  [0x0001_ffff, 0x0002_0000],
  [0x00ff_ffff, 0x0100_0000],
  [0x0100_0000, 0x00ff_ffff],
  [0x7fff_ffff, 0x8000_0000],
  [0x8000_0000, 0x7fff_ffff],
  [0x8000_0000, 0x8000_0000],
  [0x8000_0000, 0x8000_0001],
  [0xffff_ffff, 0x7fff_ffff],
  [0x7fff_ffff, 0xffff_ffff],
  [0xffff_fffe, 0xffff_ffff],
  [0xffff_ffff, 0xffff_ffff],
  [0xffff_ffff, 0x8000_0000],
  [0xffff_ffff, 1],
];

function dueForAmount(BALIEP: number, MPDA: number): string {
  if (MPDA === 0) return "6A80";
  return MPDA > BALIEP ? "9401" : "9000";
}

/** DTHR that name no second of the calendar. */
const NO_DATES: readonly string[] = [
  "20260015120000",
  "20261315120000",
  "20261015126000",
  "20260100120000",
  "20260132120000",
  "20260229120000",
  "20270229120000",
  "20280230120000",
  "21000229120000",
  "20260431120000",
  "20260631120000",
  "20260931120000",
  "20261131120000",
  "20261232120000",
  "20260115240000",
  "20260115990000",
  "20260115126000",
  "20260115120060",
  "20260115120099",
  "2026011A120000",
  "20260A15120000",
  "2026011512000F",
  "A0260115120000",
  "00000000000000",
  "FFFFFFFFFFFFFF",
  "20261215A00000",
  "2026121512A000",
];

const DATES: readonly string[] = [
  "20260101000000",
  "20260131235959",
  "20260228235959",
  "20280229000000",
  "20260430120000",
  "20261231235959",
  "20260131195959",
  "20260119090909",
];

/** Last days of use that are none. */
const NO_DAYS = [
  "000000",
  "260001",
  "261301",
  "260100",
  "260132",
  "270229",
  "280230",
  "260431",
  "2601AA",
  "FFFFFF",
  "991232",
];

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-REF-01",
    purpose: "An amount is debited up to the balance of the card exactly, of all four bytes, and zero never",
    requirements: ["PSAM-0044-b"],
    consumes: { NTPSAM: 24 },
    async run(_, psam) {
      for (const [BALIEP, MPDA] of AMOUNTS) {
        const p1 = MPDA % 2 === 0 ? "00" : "01";
        const what = `${MPDA} of a balance of ${BALIEP}, P1 ${p1}`;
        await judge(psam, what, { INITRSP: purse({ BALIEP }), MPDA, p1 }, dueForAmount(BALIEP, MPDA));
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-02",
    purpose: "A date that is none is refused, every second of the calendar is taken",
    requirements: ["PSAM-0094-g"],
    consumes: { NTPSAM: 8 },
    async run(_, psam) {
      for (const DTHR of NO_DATES) await judge(psam, `DTHR ${DTHR}`, { DTHR }, "6A80");
      for (const DTHR of DATES) await judge(psam, `DTHR ${DTHR}`, { DTHR }, "9000");
    },
  }),
  psamCase({
    id: "PSAM-REF-03",
    purpose: "A card is debited up to its last day of use, not on the day after, and not when its last day is none",
    requirements: ["PSAM-0044-a"],
    consumes: { NTPSAM: 24 },
    async run(_, psam) {
      for (const today of ["20260115", "20260131", "20260228", "20261231", "20280229", "20300101"]) {
        for (const [days, SW] of [
          [-365, "9413"],
          [-1, "9413"],
          [0, "9000"],
          [1, "9000"],
          [31, "9000"],
        ] as const) {
          const DEXPIEP = dayAfter(today, days).slice(2);
          const INITRSP = purse({ DEXPIEP });
          await judge(psam, `last day ${DEXPIEP} on ${today}`, { INITRSP, DTHR: `${today}235959` }, SW);
        }
      }
      for (const day of NO_DAYS) {
        const INITRSP = purse();
        INITRSP.set(fromHex(day), 9);
        await judge(psam, `last day ${day}`, { INITRSP }, "9413");
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-04",
    purpose: "A public key card is debited up to the last days of its issuer's certificate and of its own",
    requirements: ["PSAM-0044-a"],
    consumes: { NTPSAM: 4 },
    async run(t, psam) {
      const INITRSP = purse({ ALGIEP: 0x10 });
      const { updated } = await readTotals(psam);
      const today = dayAfter(updated, 14);
      for (const [issuer, card, SW] of [
        [0, 0, "9000"],
        [0, 1, "9000"],
        [1, 0, "9000"],
        [-1, 0, "9413"],
        [0, -1, "9413"],
        [-1, -1, "9413"],
        [-14, 1, "9413"],
        [1, -14, "9413"],
        [1, 1, "9000"],
      ] as const) {
        const days = { issuer: dayAfter(today, issuer).slice(2), card: dayAfter(today, card).slice(2) };
        const certificates = certificatesFor(t, INITRSP, days);
        await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
        await psam.answers("PACKAGE: INITIALIZE IEP", packageInitialise(INITRSP));
        await psam.says("PACKAGE: ISSUER CERTIFICATE", packageIssuer(certificates.issuer), "9000");
        await psam.says("PACKAGE: CARD CERTIFICATE", packageCard(certificates.card), "9000");
        const what = `last days ${days.issuer} and ${days.card} on ${today}`;
        await judgePackage(psam, what, { INITRSP, DTHR: `${today}000000` }, SW);
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-05",
    purpose: "An amount in another currency or exponent than the card's is refused, also when it is served otherwise",
    requirements: ["PSAM-0044-o"],
    async run(_, psam) {
      for (const own of CURRENCIES) {
        const INITRSP = purse({ ...own });
        const name = fromHex(own.CURRIEP + byteText(own.CEXPIEP));
        const others = [
          ...CURRENCIES.map(({ CURRIEP, CEXPIEP }) => CURRIEP + byteText(CEXPIEP)),
          ...Array.from({ length: 24 }, (_, bit) => toHex(flipBit(name, bit))),
          ...EVERY_BYTE.filter((value) => value < 5).map((CEXP) => own.CURRIEP + byteText(CEXP)),
        ].filter((other) => other !== toHex(name));
        for (const currency of new Set(others)) {
          await judge(psam, `${currency} of a card in ${toHex(name)}`, { INITRSP, currency }, "9414");
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-06",
    purpose:
      "The identifier of a transaction that is suspended, issued or confirmed is not taken again, one that was closed is",
    requirements: ["PSAM-0085-d"],
    consumes: { NTPSAM: 66 },
    async run(_, psam) {
      const suspended = await draw(psam);
      await psam.says("CANCEL, suspend", suspend(suspended.IDTRX), "9000");
      const issued = await draw(psam, { p1: "01" });
      const confirmed = await draw(psam);
      await confirm(psam, confirmed, cardrsp(psam, confirmed));
      const withdrawn = await draw(psam);
      await psam.says("CANCEL, withdraw", withdraw(withdrawn.IDTRX), "9000");
      for (const p1 of ["00", "01"] as const) {
        for (const [what, { IDTRX }] of Object.entries({ suspended, issued, confirmed })) {
          await judge(psam, `identifier of one that is ${what}, P1 ${p1}`, { IDTRX, p1 }, "9416");
          for (let at = 0; at < 16; at += p1 === "00" ? 1 : 5) {
            const near = toHex(flipBit(fromHex(IDTRX), at * 8));
            await judge(
              psam,
              `identifier that differs in byte ${at} from one that is ${what}`,
              { IDTRX: near, p1 },
              "9000",
            );
          }
        }
        await judge(psam, `identifier of one that was withdrawn, P1 ${p1}`, { IDTRX: withdrawn.IDTRX, p1 }, "9000");
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-07",
    purpose: "Of two and three faults of a debit the one that stands first in the table is told, with either P1",
    requirements: ["PSAM-0044-b"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      const used = await draw(psam);
      await confirm(psam, used, cardrsp(psam, used));
      const INITRSP = purse({ BALIEP: 100, DEXPIEP: "260601" });
      const faults: readonly { readonly SW: string; readonly what: string; readonly wish: Wish }[] = [
        { SW: "6A80", what: "no date", wish: { DTHR: "20260631120000" } },
        { SW: "9414", what: "another currency", wish: { currency: "039200" } },
        { SW: "9414", what: "another exponent", wish: { currency: "097803" } },
        { SW: "9413", what: "the card expired", wish: { DTHR: "20260602000000" } },
        { SW: "9401", what: "more than the balance", wish: { MPDA: 101 } },
        { SW: "9416", what: "an identifier that was used", wish: { IDTRX: used.IDTRX } },
      ];
      const zero = { SW: "6A80", what: "an amount of zero", wish: { MPDA: 0 } };
      for (const p1 of ["00", "01"] as const) {
        for (const [first, one] of faults.entries()) {
          const later = faults.slice(first + 1);
          for (const [second, other] of later.entries()) {
            for (const third of later.slice(second)) {
              const wish = { INITRSP, MPDA: 100, p1, ...third.wish, ...other.wish, ...one.wish };
              await judge(psam, `${one.what}, ${other.what}, ${third.what}`, wish, one.SW);
            }
          }
          const wish = { INITRSP, p1, ...one.wish, ...zero.wish };
          await judge(psam, `${zero.what} and ${one.what}`, wish, zero.SW);
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-REF-08",
    purpose:
      "A debit that is refused ends the draw, leaves number and totals as they were, and the next draw goes well",
    requirements: ["PSAM-0044-e", "PSAM-0059-a"],
    consumes: { NTPSAM: 1 },
    async run(t, psam) {
      const before = await readTotals(psam);
      const INITRSP = purse({ BALIEP: 100, DEXPIEP: "260601" });
      const refusals: readonly (readonly [string, Wish])[] = [
        ["6A80", { MPDA: 0 }],
        ["9414", { MPDA: 1, currency: "039200" }],
        ["9413", { MPDA: 1, DTHR: "20260602000000" }],
        ["9401", { MPDA: 101 }],
      ];
      for (const p1 of ["00", "01"] as const) {
        for (const [SW, wish] of refusals) {
          await judge(psam, `PACKAGE: DEBIT that is ${SW}`, { INITRSP, p1, ...wish }, SW);
          const right = packageDebit(packageData({ INITRSP, MPDA: 1, IDTRX: psam.nextIdtrx() }), p1);
          await psam.says("PACKAGE: DEBIT, right, after it", right, "6985");
          t.expect.equal("what the security card says of itself", await readTotals(psam), before);
        }
      }
      await judge(psam, "PACKAGE: DEBIT over one unit", { INITRSP, MPDA: 1 }, "9000");
    },
  }),
];
