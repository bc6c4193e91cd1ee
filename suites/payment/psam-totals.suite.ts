/** What the PSAM keeps: totals that rise once for each debit, and transactions that wait for a late answer. */
import { type Case, defineCase } from "../define/case.ts";
import {
  ask,
  cancel,
  confirm,
  debitCard,
  drawMessage,
  expectNotConfirmed,
  firstTerminal,
  identifierOf,
  initialise,
  issue,
  respond,
  withdraw,
} from "./support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts, suspendedCount } from "./support/money.ts";

const suite = "payment";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-PSAM-12",
    suite,
    purpose:
      "Each debit raises the total of the card's provider and currency by exactly the amount, and the count by one",
    requirements: ["PSAM-0044-c", "PSAM-0044-h", "PSAM-0080-c"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const IDTERM = firstTerminal(t);
      for (const [MPDA, requirement] of [
        [1, "PSAM-0080-c"],
        [3, "PSAM-0044-c"],
      ] as const) {
        const before = await readAccounts(t);
        const offer = await initialise(t);
        const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer, MPDA), offer, MPDA });
        await confirm(t, issued, await debitCard(t, issued));
        const after = await readAccounts(t);
        expectMoved(t, before, after, MPDA, { requirement });
        const { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP } = offer.fields;
        const line = after.totals
          .get(IDTERM)
          ?.totals.filter((each) => each.PPIEP === PPIEP && each.CURR === CURR && each.CEXP === CEXP);
        t.expect.equal("lines of that provider and currency", line?.length, 1, { requirement: "PSAM-0044-h" });
      }
    },
  }),
  defineCase({
    id: "PAY-PSAM-13",
    suite,
    purpose: "The same response again is not confirmed again and raises no total",
    requirements: ["PSAM-0085-d", "PSAM-0044-c"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 2 });
      const CARDRSP = await debitCard(t, issued);
      await confirm(t, issued, CARDRSP);
      for (let round = 0; round < 2; round++) {
        await expectNotConfirmed(t, issued, CARDRSP, "9416", { requirement: "PSAM-0085-d" });
      }
      const after = await readAccounts(t);
      expectMoved(t, before, after, 2, { requirement: "PSAM-0044-c" });
      const again = await ask(t, IDTERM, drawMessage(t, { ...issued, MPDA: 1 }));
      const CC = again.kind === "t-refusal" ? again.CC : again.kind;
      t.expect.equal("answer to another draw of that transaction", CC, "9416", { requirement: "PSAM-0085-d" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-14",
    suite,
    purpose:
      "A suspended transaction is counted, leaves the PSAM free, and is confirmed by the late answer of the card",
    requirements: ["PSAM-0080-c", "PSAM-0044-c", "PSAM-0059-a"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const late = await issue(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer, MPDA: 2 });
      const CARDRSP = await debitCard(t, late);
      const about = { requirement: "PSAM-0080-c" };
      t.expect.equal("CC of the T-done (suspend)", await cancel(t, late, "suspend", about), "0000", about);
      const between = await readAccounts(t);
      t.expect.equal("suspended transactions", suspendedCount(between), suspendedCount(before) + 1, about);
      const other = await initialise(t);
      const meanwhile = await issue(
        t,
        { IDTERM, IDTRX: identifierOf(other, 2), offer: other, MPDA: 1 },
        { requirement: "PSAM-0059-a" },
      );
      await withdraw(t, meanwhile);
      await confirm(t, late, CARDRSP, about);
      const after = await readAccounts(t);
      expectMoved(t, before, after, 2, { requirement: "PSAM-0044-c" });
      t.expect.equal("suspended transactions afterwards", suspendedCount(after), suspendedCount(before), about);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-15",
    suite,
    purpose: "A withdrawn transaction is over: it is not suspended, not confirmed, and never raises a total",
    requirements: ["PSAM-0085-b", "PSAM-0044-c"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer), offer, MPDA: 2 });
      await withdraw(t, issued);
      const about = { requirement: "PSAM-0085-b" };
      await expectNotConfirmed(t, issued, new Uint8Array(16), "9415", about);
      t.expect.equal("CC of a second withdrawal", await cancel(t, issued, "withdraw"), "9415", about);
      const after = await readAccounts(t);
      t.expect.equal("suspended transactions", suspendedCount(after), suspendedCount(before), about);
      expectMoved(t, before, after, 0, { requirement: "PSAM-0044-c" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-16",
    suite,
    purpose: "No refused, unknown or repeated message changes the totals of the PSAM",
    requirements: ["PSAM-0044-e"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      const issued = await issue(t, { IDTERM, IDTRX: identifierOf(offer, 1), offer, MPDA: 1 });
      const CARDRSP = await debitCard(t, issued);
      await confirm(t, issued, CARDRSP);
      const { totals } = await t.system.readTotals(IDTERM);
      const strange = { ...issued, IDTRX: identifierOf(offer, 99) };
      await respond(t, strange, CARDRSP);
      await respond(t, issued, CARDRSP);
      await cancel(t, issued, "withdraw");
      await cancel(t, strange, "suspend");
      const TOTALS = new Uint8Array(32);
      await ask(t, IDTERM, { kind: "t-totals", IDTERM, TOTALS });
      const about = { requirement: "PSAM-0044-e" };
      t.expect.equal("totals", (await t.system.readTotals(IDTERM)).totals, totals, about);
      const next = await t.system.purchase();
      t.expect.completed(next);
    },
  }),
];
