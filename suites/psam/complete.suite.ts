/** PSAM COMPLETE (`psam-edge.md` 4.4): what confirms a debit, what closes it, and what does neither. */
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../harness/core/bytes.ts";
import { mac } from "../../harness/crypto/algorithm.ts";
import { signS3 } from "../../harness/crypto/purse-signatures.ts";
import type { Case } from "../define/case.ts";
import { byteText, put } from "./support/apdu.ts";
import { otherThan } from "./support/commands.ts";
import {
  complete,
  confirm,
  confirmation,
  draw,
  issueDebit,
  present,
  sessionKey,
  suspend,
  withdraw,
} from "./support/draw.ts";
import { drawAs, lineOf } from "./support/kinds.ts";
import { CURRENCIES, PROGRAMS } from "./support/personalisation.ts";
import { psamCase } from "./support/psam-case.ts";
import {
  AT,
  balanceAfter,
  balanceOf,
  cardrsp,
  cardrspOf,
  type Debit,
  purse,
  sessionKeys,
  underS3,
} from "./support/purse.ts";
import { euro, expectTotals, readTotals } from "./support/totals.ts";

const about = { requirement: "PSAM-0085-b" };

/** What a transaction can be when COMPLETE comes. */
const WAITING = ["open", "suspended", "issued"] as const;

/** Elements that S3 is over (`keys-and-signatures.md` 4): offset and length in its 69 bytes. */
const UNDER_S3: readonly (readonly [string, number, number])[] = [
  ["label", 0, 1],
  ["CC", 1, 2],
  ["PPIEP", 3, 3],
  ["IDIEP", 6, 5],
  ["DEXPIEP", 11, 3],
  ["NTIEP", 14, 2],
  ["R", 16, 4],
  ["PPPSAM", 20, 3],
  ["IDPSAM", 23, 4],
  ["NTPSAM", 27, 4],
  ["MPDA", 31, 4],
  ["CURRPDA", 35, 2],
  ["CEXPPDA", 37, 1],
  ["DTHR", 38, 7],
  ["LOC", 45, 4],
  ["IDTRX", 49, 16],
  ["BALIEP", 65, 4],
];

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-COM-01",
    purpose:
      "The right answer of the card confirms a debit of every program and currency: the message result is right to the last byte, the totals rise by the amount and one",
    requirements: ["PSAM-0084", "PSAM-0085-d", "PSAM-0044-c"],
    consumes: { NTPSAM: 20 },
    async run(_, psam) {
      let MPDA = 1;
      for (const program of PROGRAMS) {
        for (const currency of CURRENCIES) {
          const before = await readTotals(psam);
          const debit = await draw(psam, { INITRSP: purse({ ...program, ...currency, NTIEP: 0x102 * MPDA }), MPDA });
          await confirm(psam, debit, cardrsp(psam, debit));
          await expectTotals(psam, "after COMPLETE", before, [lineOf(debit)], { requirement: "PSAM-0044-c" });
          MPDA++;
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-02",
    purpose: "A debit that is open, suspended or issued is confirmed once, and its amount is in the totals once",
    requirements: ["PSAM-0085-d", "PSAM-0080-c"],
    consumes: { NTPSAM: 9 },
    async run(_, psam) {
      for (const ALGIEP of [4, 5, 0x10]) {
        for (const kind of WAITING) {
          const before = await readTotals(psam);
          const debit = await drawAs(psam, kind, { INITRSP: purse({ ALGIEP }) });
          await expectTotals(psam, `while ${kind}`, before, kind === "issued" ? [lineOf(debit)] : []);
          const CARDRSP = cardrsp(psam, debit);
          await confirm(psam, debit, CARDRSP);
          await expectTotals(psam, "after COMPLETE", before, [lineOf(debit)]);
          for (const other of [
            CARDRSP,
            flipBit(CARDRSP, 127),
            cardrsp(psam, debit, { CC: "9401" }),
            new Uint8Array(16),
          ]) {
            await psam.says("COMPLETE of one that is confirmed", complete(debit.IDTRX, other), "9416");
          }
          await psam.says("CANCEL, withdraw, of one that is confirmed", withdraw(debit.IDTRX), "9415");
          await psam.says("CANCEL, suspend, of one that is confirmed", suspend(debit.IDTRX), "9415");
          await expectTotals(psam, "after all of that", before, [lineOf(debit)]);
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-03",
    purpose:
      "No bit of the card's answer can be altered: the debit stays as it was, and the right answer still confirms it",
    requirements: ["PSAM-0085-a", "PSAM-0085-b"],
    consumes: { NTPSAM: 9 },
    async run(_, psam) {
      for (const ALGIEP of [4, 5, 0x10]) {
        for (const kind of WAITING) {
          const before = await readTotals(psam);
          const debit = await drawAs(psam, kind, { INITRSP: purse({ ALGIEP }) });
          const CARDRSP = cardrsp(psam, debit);
          for (let bit = 0; bit < 128; bit += kind === "open" ? 1 : 3) {
            await psam.says(
              `COMPLETE with bit ${bit} altered`,
              complete(debit.IDTRX, flipBit(CARDRSP, bit)),
              "9302",
              about,
            );
          }
          await expectTotals(psam, "after all of that", before, kind === "issued" ? [lineOf(debit)] : [], about);
          await confirm(psam, debit, CARDRSP);
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-04",
    purpose: "No byte of the card's answer may have another value: at the ends of each element every one is tried",
    requirements: ["PSAM-0085-a"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      const debit = await draw(psam);
      const CARDRSP = cardrsp(psam, debit);
      for (const [at, right] of CARDRSP.entries()) {
        for (const value of otherThan(right, [0, 1, 3, 7, 8, 15].includes(at))) {
          const other = put(CARDRSP, at, Uint8Array.of(value));
          await psam.says(`COMPLETE with byte ${at} ${byteText(value)}`, complete(debit.IDTRX, other), "9302", about);
        }
      }
      await confirm(psam, debit, CARDRSP);
    },
  }),
  psamCase({
    id: "PSAM-COM-05",
    purpose: "S3 that is right over anything else than this debit, element by element, confirms nothing",
    requirements: ["PSAM-0085-a", "PSAM-0085-b"],
    consumes: { NTPSAM: 3 },
    async run(_, psam) {
      for (const ALGIEP of [4, 5, 0x10]) {
        const debit = await draw(psam, { INITRSP: purse({ ALGIEP }) });
        const right = cardrsp(psam, debit);
        const { KS2, KS3 } = sessionKeys(psam, debit);
        const signed = (under: Uint8Array, key = KS3) => concat(right.subarray(0, 8), mac(ALGIEP, key, under));
        const input = underS3(debit);
        for (const [name, at, length] of UNDER_S3) {
          for (let byte = at; byte < at + length; byte++) {
            for (const mask of [0x01, 0x80]) {
              const other = put(input, byte, Uint8Array.of((input[byte] ?? 0) ^ mask));
              await psam.says(`S3 over another ${name}`, complete(debit.IDTRX, signed(other)), "9302", about);
            }
          }
          const without = concat(input.subarray(0, at), input.subarray(at + length));
          await psam.says(`S3 over everything but ${name}`, complete(debit.IDTRX, signed(without)), "9302", about);
          const cleared = put(input, at, new Uint8Array(length));
          if (toHex(cleared) !== toHex(input)) {
            await psam.says(`S3 over ${name} cleared`, complete(debit.IDTRX, signed(cleared)), "9302", about);
          }
        }
        for (const [what, key] of [
          ["KS2", KS2],
          ["a key of zeros", new Uint8Array(16)],
        ] as const) {
          await psam.says(`S3 under ${what}`, complete(debit.IDTRX, signed(input, key)), "9302", about);
        }
        await confirm(psam, debit, signed(input));
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-06",
    purpose:
      "A right S3 with another number or balance beside it confirms nothing, nor does a balance that does not go with the code",
    requirements: ["PSAM-0085-a"],
    consumes: { NTPSAM: 3 },
    async run(_, psam) {
      for (const kind of WAITING) {
        const debit = await drawAs(psam, kind);
        const { KS3 } = sessionKeys(psam, debit);
        const before = balanceOf(debit.INITRSP);
        const after = balanceAfter(debit, "0000");
        const NTIEP = (debit.INITRSP[AT.NTIEP] ?? 0) * 256 + (debit.INITRSP[AT.NTIEP + 1] ?? 0);
        for (const CC of ["0000", "9401", "9409"]) {
          const wrong = CC === "0000" ? before : after;
          for (const BALIEP of [wrong, wrong + 1, 0, 0xffff_ffff]) {
            const S3 = signS3(4, KS3, debit.INITRSP, debit.DEBITDATA, { CC, BALIEP });
            const CARDRSP = cardrspOf(CC, debit.INITRSP, BALIEP, S3);
            await psam.says(
              `CC ${CC} signed over a balance of ${BALIEP}`,
              complete(debit.IDTRX, CARDRSP),
              "9302",
              about,
            );
          }
          const right = cardrsp(psam, debit, { CC });
          for (const other of [NTIEP - 1, NTIEP + 1, NTIEP + 256, 0, 0xffff]) {
            const CARDRSP = put(right, 2, uintToBytes(other, 2));
            await psam.says(`CC ${CC} with NTIEP ${other}`, complete(debit.IDTRX, CARDRSP), "9302", about);
          }
          for (const other of [wrong, 0, 0xffff_ffff]) {
            const CARDRSP = put(right, 4, uintToBytes(other, 4));
            await psam.says(`CC ${CC} with BALIEP ${other} beside S3`, complete(debit.IDTRX, CARDRSP), "9302", about);
          }
          const exchanged = concat(fromHex(CC === "0000" ? "9401" : "0000"), right.subarray(2));
          await psam.says(`S3 of CC ${CC} beside another code`, complete(debit.IDTRX, exchanged), "9302", about);
        }
        await confirm(psam, debit, cardrsp(psam, debit));
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-07",
    purpose:
      "A negative code under a right S3 closes the debit without a total; of an issued one the totals fall again",
    requirements: ["PSAM-0085-b", "PSAM-0080-c"],
    consumes: { NTPSAM: 24 },
    async run(_, psam) {
      for (const kind of WAITING) {
        for (const CC of ["9401", "9409", "940A", "0001", "FFFF", "9000", "0100", "8000"]) {
          const before = await readTotals(psam);
          const debit = await drawAs(psam, kind, { INITRSP: purse({ ALGIEP: 5 }) });
          await psam.says(
            `COMPLETE with CC ${CC}, ${kind}`,
            complete(debit.IDTRX, cardrsp(psam, debit, { CC })),
            "9404",
            about,
          );
          await expectTotals(psam, `after CC ${CC}`, before, [], about);
          await psam.says(
            "COMPLETE with success afterwards",
            complete(debit.IDTRX, cardrsp(psam, debit)),
            "9415",
            about,
          );
          await psam.says("CANCEL afterwards", withdraw(debit.IDTRX), "9415");
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-COM-08",
    purpose:
      "An answer to another debit of the same card, or of another card, confirms neither; an unknown identifier is told",
    requirements: ["PSAM-0084", "PSAM-0085-c"],
    consumes: { NTPSAM: 4 },
    async run(_, psam) {
      const before = await readTotals(psam);
      const first = await drawAs(psam, "suspended");
      const second = await drawAs(psam, "suspended", { MPDA: 2 });
      const other = await drawAs(psam, "suspended", { INITRSP: purse({ IDIEP: "0000004712" }) });
      const debits = [first, second, other, await draw(psam, { INITRSP: purse({ ALGIEP: 5 }) })];
      for (const debit of debits) {
        for (const said of debits.filter((each) => each !== debit)) {
          await psam.says(
            "COMPLETE with the answer to another debit",
            complete(debit.IDTRX, cardrsp(psam, said)),
            "9302",
            about,
          );
        }
        for (let at = 0; at < 16; at++) {
          const near = toHex(flipBit(fromHex(debit.IDTRX), at * 8 + 7));
          if (debits.some(({ IDTRX }) => IDTRX === near)) continue;
          await psam.says(
            "COMPLETE of an identifier that is near",
            complete(near, cardrsp(psam, debit)),
            "9415",
            about,
          );
        }
      }
      await expectTotals(psam, "after all of that", before, []);
      for (const debit of debits.toReversed()) await confirm(psam, debit, cardrsp(psam, debit));
      await expectTotals(psam, "after the right answers", before, [euro(995 * 3 + 2, 4)]);
    },
  }),
  psamCase({
    id: "PSAM-COM-09",
    purpose: "COMPLETE works at every point of another draw and does not disturb it",
    requirements: ["PSAM-0059-a", "PSAM-0085-d"],
    consumes: { NTPSAM: 12 },
    async run(t, psam) {
      const late: Debit[] = [];
      for (let count = 0; count < 6; count++) late.push(await drawAs(psam, count % 2 === 0 ? "suspended" : "issued"));
      const say = async (point: string) => {
        const debit = late.pop();
        if (debit)
          await psam.says(`COMPLETE ${point}`, complete(debit.IDTRX, cardrsp(psam, debit)), confirmation(debit));
      };
      const INITRSP = purse({ ALGIEP: 0x10 });
      await say("in idle");
      await present(psam, INITRSP, async (place) => await say(`in ${place}`));
      const debit = { ...(await issueDebit(psam, { INITRSP })), SK: await sessionKey(psam) };
      await say("while a debit is open");
      t.expect.equal("debits that were not completed", late.length, 0, { owner: "bench" });
      await confirm(psam, debit, cardrsp(psam, debit));
    },
  }),
];
