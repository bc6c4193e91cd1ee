/** What the terminal answers to messages that are wrong, not for it, or not due (`messages.md` 5). */
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Message } from "../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  cancel,
  confirm,
  debitCard,
  drawMessage,
  firstTerminal,
  type Issued,
  identifierOf,
  initialise,
  issue,
  respond,
} from "./support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";

const suite = "payment";
const NOBODY = "EEEEEEEE";
const EMPTY = new Uint8Array(0);

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-TERM-01",
    suite,
    purpose: "A malformed message is answered with T-refusal A001 and disturbs nothing",
    requirements: ["TERM-0042-a", "TERM-0093-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const { issued, IDTERM } = await openTransaction(t);
      const whole = encodeMessage(drawMessage(t, issued));
      const malformed: Readonly<Record<string, Uint8Array>> = {
        "an empty T-draw": fromHex("F100"),
        "a T-draw cut off": whole.subarray(0, whole.length - 3),
        "a T-draw with something behind it": Uint8Array.of(...whole, 0x00),
        "a T-response without CARDRSP": fromHex(`F31A DF2204 ${IDTERM} DF2110 ${issued.IDTRX}`),
        "a T-cancel with MODE of two bytes": fromHex(`F61F DF2204 ${IDTERM} DF2110 ${issued.IDTRX} DF39020000`),
      };
      for (const [what, bytes] of Object.entries(malformed)) {
        await expectRefusal(t, what, bytes, "A001");
      }
      await confirm(t, issued, await debitCard(t, issued));
      expectMoved(t, before, await readAccounts(t), 1);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-TERM-02",
    suite,
    purpose: "A message addressed to another terminal is answered with T-refusal A009 and not worked off",
    requirements: ["TERM-0042-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const { issued } = await openTransaction(t);
      const { IDTRX } = issued;
      const CARDRSP = await debitCard(t, issued);
      const strange: readonly Message[] = [
        { ...drawMessage(t, issued), IDTERM: NOBODY },
        { kind: "t-response", IDTERM: NOBODY, IDTRX, CARDRSP, SW: "9000" },
        { kind: "t-cancel", IDTERM: NOBODY, IDTRX, MODE: 0 },
        { kind: "t-read-totals", IDTERM: NOBODY },
        { kind: "t-read-store", IDTERM: NOBODY, INDEX: 0 },
      ];
      for (const message of strange) await expectRefusal(t, message.kind, encodeMessage(message), "A009");
      await confirm(t, issued, CARDRSP);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-TERM-03",
    suite,
    purpose: "A message of a kind that no terminal receives is answered with T-refusal A00A",
    requirements: ["TERM-0042-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const { issued, IDTERM } = await openTransaction(t);
      const { IDTRX, DEBITDATA } = issued;
      const unexpected: readonly Message[] = [
        { kind: "t-debit", IDTERM, IDTRX, DEBITDATA },
        { kind: "t-result", IDTERM, IDTRX, CC: "9302" },
        { kind: "t-done", IDTERM, IDTRX, CC: "0000" },
        { kind: "t-store", IDTERM, INDEX: 0, STORE: EMPTY },
        { kind: "debit-command", IDTRX, DEBITDATA },
      ];
      for (const message of unexpected) await expectRefusal(t, message.kind, encodeMessage(message), "A00A");
      await confirm(t, issued, await debitCard(t, issued));
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-TERM-04",
    suite,
    purpose: "A refusal of the card withdraws the transaction; no answer of the card leaves it open for the right one",
    requirements: ["PAY-BASE-626-b", "PSAM-0085-b"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const { issued } = await openTransaction(t);
      const about = { requirement: "PSAM-0085-b" };
      for (const SW of ["0000", "9000", "6100", "6200", "63C0"]) {
        const { CC } = await respond(t, issued, EMPTY, SW, about);
        t.expect.equal(`CC of an empty response with ${SW}`, CC, "A010", about);
      }
      await confirm(t, issued, await debitCard(t, issued), about);
      for (const [k, SW] of ["9302", "9303", "6985", "6F00"].entries()) {
        const { issued: refused } = await openTransaction(t, k + 2);
        const { CC } = await respond(t, refused, EMPTY, SW, { requirement: "PAY-BASE-626-b" });
        t.expect.equal(`CC of an empty response with ${SW}`, CC, "9404", { requirement: "PAY-BASE-626-b" });
      }
      expectMoved(t, before, await readAccounts(t), 1, { requirement: "PAY-BASE-626-b" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-TERM-05",
    suite,
    purpose: "T-cancel withdraws for good or suspends, as its mode says, and knows no other transaction",
    requirements: ["TERM-0042-a", "PSAM-0059-a"],
    owner: "terminal",
    needs: { links: ["line"] },
    async run(t) {
      const before = await readAccounts(t);
      const { issued: first } = await openTransaction(t);
      const about = { requirement: "PSAM-0059-a" };
      const unknown = { ...first, IDTRX: identifierOf(first.offer, 77) };
      t.expect.equal("CC for an unknown transaction", await cancel(t, unknown, "withdraw"), "9415", about);
      t.expect.equal("CC of the T-done (withdraw)", await cancel(t, first, "withdraw"), "0000", about);
      const { suspended } = await t.system.readTotals(first.IDTERM);
      t.expect.equal("suspended after withdrawal", suspended, before.totals.get(first.IDTERM)?.suspended, about);
      const { issued: second } = await openTransaction(t, 2);
      const CARDRSP = await debitCard(t, second);
      t.expect.equal("CC of the T-done (suspend)", await cancel(t, second, "suspend"), "0000", about);
      const after = await t.system.readTotals(first.IDTERM);
      t.expect.equal("suspended after suspension", after.suspended, suspended + 1, about);
      await confirm(t, second, CARDRSP, { requirement: "TERM-0042-a" });
      await expectNextPurchaseWorks(t, before);
    },
  }),
];

async function openTransaction(t: CaseContext, k = 1): Promise<{ issued: Issued; IDTERM: string }> {
  const IDTERM = firstTerminal(t);
  const offer = await initialise(t);
  return { IDTERM, issued: await issue(t, { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA: 1 }) };
}

async function expectRefusal(t: CaseContext, what: string, bytes: Uint8Array, CC: string): Promise<void> {
  const IDTERM = firstTerminal(t);
  const answer = parseMessage(await t.system.terminalMessage(IDTERM, bytes));
  const about = { requirement: "TERM-0042-a" };
  const actual = answer.kind === "t-refusal" ? { CC: answer.CC, IDTERM: answer.IDTERM } : answer.kind;
  t.expect.equal(`answer to ${what} (${toHex(bytes.subarray(0, 2))})`, actual, { CC, IDTERM }, about);
}
