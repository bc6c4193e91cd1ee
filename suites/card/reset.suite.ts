/** Reset at any moment (`card-edge.md` 3): the session is gone, what was completed is there, and nothing else has changed. */
import { type Case, type DeviceContext, defineDeviceCase } from "../define/case.ts";
import { debitIep, initializeLoad, openPurse, type Purse, presentCertificate } from "./support/purse.ts";
import { signedDebit } from "./support/signatures.ts";
import { tell, tellingOf } from "./support/states.ts";
import { Sweep } from "./support/sweep.ts";

const about = { requirement: "CARD-0033-b" };

/** What has been done of a transaction when the reset comes; none of it leaves a session. */
type Moment = readonly [what: string, act: (purse: Purse) => Promise<unknown>];

const OF_PURCHASE: readonly Moment[] = [
  ["SELECT", () => Promise.resolve()],
  ["INITIALIZE IEP", (purse) => purse.initialise(about)],
  ["two INITIALIZE IEP", async (purse) => [await purse.initialise(about), await purse.initialise(about)]],
  ["all that is before DEBIT IEP", (purse) => purse.openPurchase(about)],
  ["a refused DEBIT IEP", (purse) => refusedDebit(purse)],
  ["a negative DEBIT IEP", (purse) => purse.purchase({ MPDA: 0 }, about)],
  ["DEBIT IEP", (purse) => purse.purchase({}, about)],
  [
    "DEBIT IEP and GET PREVIOUS IEP SIGNATURE",
    async (purse) => [await purse.purchase({}, about), await purse.expectKept()],
  ],
  ["GET BALANCE", (purse) => purse.talk.ask("905C00000D")],
  ["READ RECORD", (purse) => purse.talk.ask("00B201C400")],
];

const OF_LOAD: readonly Moment[] = [
  ["INITIALIZE IEP for load", (purse) => purse.openLoad({}, about)],
  ["INITIALIZE IEP for load on no date", (purse) => purse.talk.ask(initializeLoad(new Uint8Array(34)))],
  ["INITIALIZE IEP for both", async (purse) => [await purse.openLoad({}, about), await purse.initialise(about)]],
  ["a negative CREDIT IEP", (purse) => purse.load({ MLDA: 0 }, about)],
  ["CREDIT IEP", (purse) => purse.load({}, about)],
  [
    "CREDIT IEP and GET PREVIOUS IEP SIGNATURE",
    async (purse) => [await purse.load({}, about), await purse.expectKept()],
  ],
  ["a refused PRESENT CERTIFICATE", (purse) => purse.talk.ask(presentCertificate(new Uint8Array(244)))],
];

async function refusedDebit(purse: Purse): Promise<void> {
  const session = await purse.openPurchase(about);
  await purse.talk.ask(debitIep(signedDebit(session, purse.debitBytes()).fill(0, 45)));
}

async function expectGone(t: DeviceContext, moments: readonly Moment[]): Promise<void> {
  const purse = await openPurse(t);
  const sweep = new Sweep(purse.talk);
  for (const reset of ["warm", "cold"] as const) {
    for (const [what, act] of moments) {
      await act(purse);
      await purse.talk.card.reset(reset);
      sweep.judge(`state after ${what} and a ${reset} reset`, await tell(purse.talk), tellingOf("idle", false));
      await purse.select(about);
      sweep.judge(
        `state after SELECT, ${what} before a ${reset} reset`,
        await tell(purse.talk),
        tellingOf("selected", false),
      );
      await purse.expectSame({ requirement: "CARD-0031-j" });
    }
  }
  sweep.expectNone("sessions after resets", about);
}

export const cases: readonly Case[] = [
  defineDeviceCase({
    id: "CARD-RESET-PURCHASE",
    suite: "card",
    purpose:
      "A warm or cold reset after each command of a purchase leaves no session; what was completed is whole, and everything else as it was",
    requirements: ["CARD-0033-b", "CARD-0031-j"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 4, value: 4, writes: 6 },
    run: (t) => expectGone(t, OF_PURCHASE),
  }),
  defineDeviceCase({
    id: "CARD-RESET-LOAD",
    suite: "card",
    purpose:
      "A warm or cold reset after each command of a load leaves no session; what was completed is whole, and everything else as it was",
    requirements: ["CARD-0033-b", "CARD-0031-j"],
    owner: "card",
    needs: { keys: true },
    consumes: { NTIEP: 4, writes: 6 },
    run: (t) => expectGone(t, OF_LOAD),
  }),
];
