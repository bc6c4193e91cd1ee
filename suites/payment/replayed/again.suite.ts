/** The same thing said a second time by somebody who has listened: draw request, debit command, response, confirmation. */

import { toHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { encodeMessage } from "../../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { elementOf, inElement, setTo } from "../support/alter.ts";
import { initialise } from "../support/direct.ts";
import { confOf } from "../support/merchant-word.ts";
import { type Accounts, expectMoved, expectNextPurchaseWorks, readAccounts, suspendedCount } from "../support/money.ts";
import { apdusOn, logsOf, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { drawRequestOf, during, failedPayment, orderItem, postConfirmation, theAnswer } from "../support/payment.ts";

const suite = "payment";

/** A good purchase to be listened to, and the accounts after it. */
async function listenedTo(t: CaseContext): Promise<{ seen: PurchaseObservation; after: Accounts }> {
  const seen = await t.system.purchase();
  t.expect.completed(seen);
  return { seen, after: await readAccounts(t) };
}

/** Nothing has moved since `before`, and the system works. */
async function expectNothingMoved(t: CaseContext, before: Accounts): Promise<void> {
  const after = await readAccounts(t);
  expectMoved(t, before, after, 0, { requirement: "UI-514-a" });
  t.expect.equal("suspended transactions", suspendedCount(after), suspendedCount(before));
  await expectNextPurchaseWorks(t, before, { requirement: "PAY-BASE-624-b" });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-AGAIN-EA",
    suite,
    purpose: "A draw request that is sent again on another channel gets no second debit command",
    requirements: ["PS-0048-a", "AMB-VALID-TX", "TERM-0094-d"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const { seen, after } = await listenedTo(t);
      const draw = theMessage(t, seen, "236", "draw-request").event.bytes;
      const { value, events } = await during(t, () => t.system.paymentSession([draw]));
      const refusal = theAnswer(t, value[0], "refusal", { requirement: "PS-0048-a" });
      t.expect.equal("CC of the refusal", refusal.CC, "A004", { requirement: "PS-0048-a" });
      const [record] = logsOf(events, "payment-server", "draw-request-refused");
      t.expect.equal("CC in the log", record?.fields.CC, "A004", { requirement: "PAY-BASE-624-b" });
      await expectNothingMoved(t, after);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-EA-OPEN",
    suite,
    purpose: "A draw request that is sent again while its debit command is open gets no second one",
    requirements: ["PS-0048-a", "AMB-VALID-TX", "TERM-0094-d"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const before = await readAccounts(t);
      const page = await orderItem(t);
      const draw = drawRequestOf(page, await initialise(t));
      const refused = { kind: "debit-response", CARDRSP: new Uint8Array(0), SW: "9302", RECOVERED: 0 } as const;
      const response = encodeMessage({ ...refused, IDTRX: page.IDTRX });
      const answers = await t.system.paymentSession([draw, draw, response]);
      theAnswer(t, answers[0], "debit-command");
      const refusal = theAnswer(t, answers[1], "refusal", { requirement: "PS-0048-a" });
      t.expect.equal("CC of the refusal", refusal.CC, "A004", { requirement: "PS-0048-a" });
      t.expect.equal("CC of the debit result", theAnswer(t, answers[2], "debit-result").CC, "9404");
      await expectNothingMoved(t, before);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-EC",
    suite,
    purpose: "A debit response that is sent again raises no total, and only the right one gets the confirmation again",
    requirements: ["PSAM-0085-d", "PSAM-0044-c", "PAY-BASE-626-b"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const { seen, after } = await listenedTo(t);
      const response = theMessage(t, seen, "236", "debit-response").event.bytes;
      const recovered = inElement("RECOVERED", setTo(Uint8Array.of(1)));
      const [direct] = await t.system.paymentSession([response]);
      t.expect.equal("CC for a response out of turn", theAnswer(t, direct, "refusal").CC, "A00A");
      const [wrong] = await t.system.paymentSession([recovered(inElement("CARDRSP")(response))]);
      t.expect.equal("CC for a wrong signature", theAnswer(t, wrong, "refusal").CC, "9416", {
        requirement: "PAY-BASE-626-b",
      });
      const [right] = await t.system.paymentSession([recovered(response)]);
      theAnswer(t, right, "debit-result", { requirement: "PSAM-0085-d" });
      await expectNothingMoved(t, after);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-F3",
    suite,
    purpose: "A response that a terminal gets again raises no total of its security card",
    requirements: ["PSAM-0085-d", "PSAM-0044-c"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      const { seen, after } = await listenedTo(t);
      const { event, message } = theMessage(t, seen, "line", "t-response");
      const draw = theMessage(t, seen, "line", "t-draw").event.bytes;
      const again = await t.system.terminalMessage(message.IDTERM, event.bytes);
      t.expect.equal("CC of the T-result", ccOf(again), "9416", { requirement: "PSAM-0085-d" });
      const second = await t.system.terminalMessage(message.IDTERM, draw);
      t.expect.equal("CC for the T-draw again", ccOf(second), "9416", { requirement: "PSAM-0085-d" });
      await expectNothingMoved(t, after);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-54",
    suite,
    purpose: "The card is debited once by a debit command, however often it is sent",
    requirements: ["PAY-BASE-618-d", "CARD-0082-a", "CARD-0031-i"],
    owner: "card",
    needs: { secretKeyCard: true, links: ["235"] },
    async run(t) {
      const { seen, after } = await listenedTo(t);
      const command = t.expect.present("DEBIT IEP", apdusOn(seen, "235", 0x54)[0]).command.bytes;
      const about = { requirement: "PAY-BASE-618-d" };
      for (const time of ["second", "third"]) {
        await initialise(t);
        t.expect.equal(`answer to the ${time} one`, toHex(await t.system.apdu(command)), "9302", about);
        t.expect.equal("answer without INITIALIZE IEP", toHex(await t.system.apdu(command)), "6985", about);
      }
      await expectNothingMoved(t, after);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-CONF",
    suite,
    purpose: "A confirmation releases its own sale once, and no other sale",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-b", "PAY-BASE-638-c"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["merchant"] },
    async run(t) {
      const { seen, after } = await listenedTo(t);
      const { page } = thePage(t, seen);
      const result = t.expect.present(
        "debit result",
        messagesOn(seen, "236", "payment-server").find(({ bytes }) => bytes[0] === 0xed),
      );
      const CONF = toHex(t.expect.present("CONF", elementOf(result.bytes, "CONF")));
      const about = { requirement: "PAY-BASE-634-c" };
      const other = await orderItem(t);
      const { value, events } = await during(t, async () => [
        await postConfirmation(t, page, CONF),
        await postConfirmation(t, other, CONF),
      ]);
      t.expect.equal(
        "status of the two answers",
        value.map(({ status }) => status),
        [409, 403],
        about,
      );
      t.expect.equal("releases", logsOf(events, "merchant", "item-released").length, 0, about);
      const records = logsOf(events, "merchant", "confirmation-registered").map(({ fields }) => fields.accepted);
      t.expect.equal("accepted, in the log", records, [false, false], about);
      await expectNothingMoved(t, after);
    },
  }),
  defineCase({
    id: "PAY-AGAIN-NEGATIVE",
    suite,
    purpose: "A confirmation of a failed payment ends its sale, and no later confirmation opens it again",
    requirements: ["PAY-BASE-638-a", "PAY-BASE-638-c"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["merchant"] },
    async run(t) {
      const before = await readAccounts(t);
      const { page, result } = await failedPayment(t, await orderItem(t));
      const statuses: number[] = [];
      for (let time = 0; time < 2; time++) {
        statuses.push((await postConfirmation(t, page, toHex(confOf(result)))).status);
      }
      t.expect.equal("status of the answers", statuses, [402, 409], { requirement: "PAY-BASE-638-a" });
      await expectNothingMoved(t, before);
    },
  }),
];

/** CC of a terminal's answer, four hex digits. */
function ccOf(answer: Uint8Array): string | undefined {
  const CC = elementOf(answer, "CC");
  return CC && toHex(CC);
}
