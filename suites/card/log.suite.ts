/** The transaction log (`card-edge.md` 5.6): at least ten records, newest first, to the byte, over its end and around. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { apduOf, FILES } from "./support/commands.ts";
import { otherCurrency } from "./support/facts.ts";
import { debitIep, openPurse, readLog } from "./support/purse.ts";
import { signedDebit } from "./support/signatures.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "CARD-0016" };
const requirements = ["CARD-0016"];

/** So many transactions run around a log of up to 24 records. */
const MANY = 25;

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-LOG-01",
    suite: "card",
    purpose: `${MANY} purchases and loads in turn: after each one the log holds at least the last ten, newest first, every element of every record as it was`,
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: MANY, value: MANY, writes: MANY },
    async run(t) {
      const purse = await openPurse(t);
      for (let step = 1; step <= MANY; step++) {
        if (step % 3 === 0) await purse.load({ MLDA: step, IDACQ: `000000${10 + step}` }, about);
        else await purse.purchase({ MPDA: 1 + (step % 2), NTPSAM: step * 0x0101_0101 }, about);
        await purse.expectSame(about);
      }
    },
  }),
  defineDeviceCase({
    id: "CARD-LOG-02",
    suite: "card",
    purpose:
      "Record 0 is '6A86', the records that there are are told in order, every number behind them is '6A83', and neither a reset nor a selection changes them",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 3, value: 3, writes: 3 },
    async run(t) {
      const purse = await openPurse(t);
      for (const MPDA of [1, 1, 1]) await purse.purchase({ MPDA }, about);
      const records = await readLog(purse.talk);
      for (const reset of ["warm", "cold"] as const) {
        await purse.restart(reset);
        const sweep = new Sweep(purse.talk);
        for (let number = 0; number < 256; number++) {
          const record = records[number - 1];
          const due = number === 0 ? "6A86" : record ? `${toHex(record)} 9000` : "6A83";
          await sweep.ask(`record ${number}`, apduOf([0x00, 0xb2, number, FILES.log], undefined, 256), due);
        }
        sweep.expectNone(`records of the log after a ${reset} reset`, about);
      }
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-LOG-03",
    suite: "card",
    purpose:
      "What was not done is not in the log: refused commands, negative completions, what was only initialised, and what a reset has ended",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 2, value: 1, writes: 8 },
    async run(t) {
      const purse = await openPurse(t);
      const CURR = otherCurrency(purse.facts);
      await purse.purchase({}, about);
      for (const order of [{ MPDA: 0 }, { MPDA: purse.BALIEP + 1 }, { CURRPDA: CURR }])
        await purse.purchase(order, about);
      for (const order of [{ MLDA: 0 }, { MLDA: 0xffff_ffff }, { CURRLDA: CURR }]) await purse.load(order, about);
      const session = await purse.openPurchase(about);
      await purse.talk.ask(debitIep(signedDebit(session, purse.debitBytes()).fill(0, 45)));
      await purse.openPurchase(about);
      await purse.restart();
      await purse.openLoad({}, about);
      await purse.restart("cold");
      await purse.expectSame(about);
      await purse.load({}, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-LOG-04",
    suite: "card",
    purpose:
      "Each element of a record is that of its own transaction: amounts, numbers, days and security cards of all bytes",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 6, value: 700, writes: 6 },
    async run(t) {
      const purse = await openPurse(t);
      const IDPSAM = purse.isPublicKey ? {} : { IDPSAM: "89ABCDEF" };
      await purse.purchase({ MPDA: 0x123, NTPSAM: 0xffff_ffff, DTHR: "20991231235959", ...IDPSAM }, about);
      await purse.load({ MLDA: 0x102, IDACQ: "98765432", DTHR: "20280229000001" }, about);
      await purse.purchase({ MPDA: 0x101, NTPSAM: 0, DTHR: "00000000000000" }, about);
      await purse.load({ MLDA: 1, IDACQ: "00000000" }, about);
      await purse.expectSame(about);
      await purse.purchase({ LOC: "99999999", IDTRX: "FF".repeat(16) }, about);
      await purse.load({ IDTRX: "FF".repeat(16) }, about);
      await purse.expectSame(about);
    },
  }),
];
