/** NTIEP (`card-edge.md` 2, 4, 5): it advances with each completed transaction, by one, through every byte, and it ends. */

import { toHex } from "../../harness/core/bytes.ts";
import type { CardKind } from "../../harness/flows/system.ts";
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { otherCurrency } from "./support/facts.ts";
import { debitIep, type Kind, openPurse } from "./support/purse.ts";
import { signedDebit } from "./support/signatures.ts";
import { ANY_LOADINIT } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "CARD-0031-h" };
const requirements = ["CARD-0031-h"];
const LOADINIT = `9050000022${toHex(ANY_LOADINIT)}23`;

/** The last transaction that a card has is of that kind; after it the card tells everything and does nothing. */
async function expectLast(t: DeviceContext, kind: Kind): Promise<void> {
  const purse = await openPurse(t, "almost-exhausted" satisfies CardKind);
  t.expect.equal("NTIEP before the last transaction", purse.NTIEP, 0xfffe, about);
  if (kind === "purchase") await purse.purchase({ MPDA: 5 }, about);
  else await purse.load({ MLDA: 5 }, about);
  t.expect.equal("NTIEP of the suite's own purse", purse.NTIEP, 0xffff, { owner: "bench" });
  for (const reset of ["warm", "cold"] as const) {
    const sweep = new Sweep(purse.talk);
    await sweep.ask("INITIALIZE IEP for purchase", "905001001B", "9402");
    await sweep.ask("DEBIT IEP", `9054010035${"00".repeat(53)}10`, "6985");
    await sweep.ask("INITIALIZE IEP for load", LOADINIT, "9402");
    await sweep.ask("CREDIT IEP", `905200000F${"00".repeat(15)}10`, "6985");
    await sweep.ask("GET PREVIOUS IEP SIGNATURE of FFFF", "905A010002FFFF10", "9406");
    sweep.expectNone("a card without numbers", about);
    await purse.expectSame(about);
    await purse.restart(reset);
  }
}

export const cases: readonly Case[] = [
  ...(["purchase", "load"] as const).map((kind) =>
    defineDeviceCase({
      id: `CARD-NT-LAST-${kind.toUpperCase()}`,
      suite: "card",
      purpose: `The ${kind} with number FFFE is the last one: then NTIEP is FFFF, INITIALIZE IEP is '9402' for good, and everything can still be read`,
      requirements,
      owner: "card",
      needs: { cards: ["almost-exhausted"], keys: true },
      run: (t) => expectLast(t, kind),
    }),
  ),
  defineDeviceCase({
    id: "CARD-NT-CARRY",
    suite: "card",
    purpose:
      "Number and balance carry and borrow through all of their bytes: 00FF to 0100, 01000000 to 00FFFFFF and back",
    requirements: [...requirements, "CARD-0031-j"],
    owner: "card",
    needs: { cards: ["at-carry"], keys: true },
    async run(t) {
      const purse = await openPurse(t, "at-carry");
      t.expect.equal("NTIEP and BALIEP before", [purse.NTIEP, purse.BALIEP], [0xff, 0x0100_0000], about);
      await purse.purchase({ MPDA: 1 }, about);
      await purse.load({ MLDA: 1 }, about);
      await purse.purchase({ MPDA: 0x0001_0000 }, about);
      await purse.load({ MLDA: 0x0000_ff01 }, about);
      await purse.load({ MLDA: 0xff }, about);
      await purse.expectSame(about);
    },
  }),
  defineDeviceCase({
    id: "CARD-NT-STEPS",
    suite: "card",
    purpose:
      "NTIEP advances by one with each completed purchase and load and with nothing else: not with INITIALIZE IEP, refusals, negative completions, readings or resets",
    requirements,
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 6, value: 3, writes: 15 },
    async run(t) {
      const purse = await openPurse(t);
      const CURR = otherCurrency(purse.facts);
      for (let round = 0; round < 3; round++) {
        await purse.initialise(about);
        await purse.openLoad({}, about);
        const wrong = signedDebit(await purse.openPurchase(about), purse.debitBytes()).fill(0, 45);
        await purse.talk.ask(debitIep(wrong));
        await purse.purchase({ CURRPDA: CURR }, about);
        await purse.load({ CURRLDA: CURR }, about);
        await purse.load({ MLDA: 0 }, about);
        await purse.expectSame(about);
        await purse.purchase({}, about);
        await purse.load({}, about);
        await purse.restart(round === 1 ? "cold" : "warm");
        await purse.expectSame(about);
      }
    },
  }),
];
