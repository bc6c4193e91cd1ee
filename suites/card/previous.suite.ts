/** GET PREVIOUS IEP SIGNATURE (`card-edge.md` 5.4): the last answer, to the byte, under its own number and kind alone. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineDeviceCase } from "../define/case.ts";
import { otherCurrency } from "./support/facts.ts";
import { creditIep, debitIep, getPrevious, openPurse, type Purse } from "./support/purse.ts";
import { signedDebit, signedLoad } from "./support/signatures.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "PAY-BASE-620-a" };
const requirements = ["PAY-BASE-620-a", "PAY-BASE-618-f", "LOAD-BANK-882"];

/** Every number near the last one, and the ends, as purchase and as load: only the one is told. */
async function expectOnly(purse: Purse, sweep: Sweep): Promise<void> {
  const kept = purse.kept;
  if (kept === undefined) return;
  const near = Array.from({ length: 9 }, (_, at) => kept.NTIEP - 4 + at);
  const numbers = new Set([0, 1, 0xff, 0x100, 0xfffe, 0xffff, kept.NTIEP ^ 0x0100, kept.NTIEP ^ 0x8000, ...near]);
  for (const kind of ["purchase", "load"] as const) {
    for (const NTIEP of numbers) {
      if (NTIEP < 0 || NTIEP > 0xffff) continue;
      const isIt = NTIEP === kept.NTIEP && kind === kept.kind;
      const due = isIt ? `${toHex(kept.CARDRSP)} 9000` : "9406";
      await sweep.ask(`${kind} ${NTIEP}, the last being ${kept.kind} ${kept.NTIEP}`, getPrevious(kind, NTIEP), due);
    }
  }
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-PREV-01",
    suite: "card",
    purpose:
      "After each purchase and load, completed or not, every number near and far is asked for as purchase and as load: only the last one is told",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 4, value: 2, writes: 8 },
    async run(t) {
      const purse = await openPurse(t);
      const sweep = new Sweep(purse.talk);
      const CURR = otherCurrency(purse.facts);
      const steps = [
        () => purse.purchase({}, about),
        () => purse.load({}, about),
        () => purse.purchase({ MPDA: 0 }, about),
        () => purse.load({ CURRLDA: CURR }, about),
        () => purse.purchase({}, about),
        () => purse.purchase({ CURRPDA: CURR }, about),
        () => purse.load({ MLDA: 0 }, about),
        () => purse.load({}, about),
      ];
      for (const step of steps) {
        await step();
        await expectOnly(purse, sweep);
      }
      sweep.expectNone("numbers that are asked for", about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-PREV-02",
    suite: "card",
    purpose:
      "The last answer is told again and again: after resets, after selection, in every session, and after commands that were refused",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 2, value: 1, writes: 2 },
    async run(t) {
      const purse = await openPurse(t);
      for (const complete of [() => purse.purchase({}, about), () => purse.load({}, about)]) {
        await complete();
        for (const reset of ["warm", "cold"] as const) {
          await purse.expectKept(about);
          await purse.restart(reset);
          await purse.expectKept(about);
          await purse.expectKept(about);
          const session = await purse.openPurchase(about);
          await purse.expectKept(about);
          await purse.talk.ask(debitIep(signedDebit(session, purse.debitBytes()).fill(0, 45)));
          await purse.expectKept(about);
          const load = await purse.openLoad({}, about);
          await purse.expectKept(about);
          await purse.talk.ask(creditIep(signedLoad(load).fill(0, 7)));
          await purse.expectKept(about);
        }
      }
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-PREV-03",
    suite: "card",
    purpose:
      "Asking for the last answer costs nothing and ends no session: what was initialised before is completed behind it",
    requirements: [...requirements, "CARD-0031-a"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 3, value: 2, writes: 3 },
    async run(t) {
      const purse = await openPurse(t);
      await purse.purchase({}, about);
      const session = await purse.openPurchase(about);
      await purse.expectKept(about);
      await purse.talk.ask(getPrevious("load", purse.NTIEP));
      await purse.debit(session, purse.debitBytes(), about);
      const load = await purse.openLoad({}, about);
      await purse.expectKept(about);
      await purse.talk.ask(getPrevious("purchase", 0));
      await purse.credit(load, about);
      await purse.expectSame(about);
    },
  }),
];
