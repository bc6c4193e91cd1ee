/** [0050], claim 8: the result message of the head end payment server, and what the head end makes of it. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Confirmation, sealConfirmation } from "../../harness/crypto/confirmation.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { readDebitData } from "../../harness/protocol/messages/debit-data.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { type Change, flipLast, inElement, setTo } from "../payment/support/alter.ts";
import { OWN_SESSION, orderPage, statusPath } from "../payment/support/merchant-site.ts";
import { confOf, contractKey, openedConfirmation } from "../payment/support/merchant-word.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks } from "../payment/support/money.ts";
import { allOf, logsOf, messagesOn, theMessage } from "../payment/support/observe.ts";
import { refusedDebit } from "../payment/support/refused-debit.ts";
import {
  buy,
  expectBooked,
  expectNothingReleased,
  expectSold,
  itemOf,
  needing,
  readShop,
  thePage,
  theShop,
} from "./shop.ts";

const suite = "cable";
const DEBIT_RESULT = 0xed;

/** What the confirmation of the purchase must say, from the page and the terminal's debit command. */
function dueWords(t: CaseContext, seen: PurchaseObservation): Confirmation {
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = thePage(t, seen).message;
  const { IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit").message;
  const command = readDebitData(DEBITDATA);
  const { NTPSAM, DTHR } = t.expect.present("debit command", command.ok ? command.value : undefined);
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC: "0000", IDTERM, NTPSAM, DTHR };
}

/** A purchase whose result message is changed on its way to the head end. */
async function buyWithResult(t: CaseContext, what: string, act: Change): Promise<PurchaseObservation> {
  const [link, from] = ["237", "head-end-payment-server"] as const;
  using fault = t.system.disturb({ link, from, message: DEBIT_RESULT, times: 1, act, what });
  const seen = await buy(t);
  t.expect.equal("result messages that were changed", fault.hits, 1);
  return seen;
}

/** The result is worth nothing: no release, no word of success; the money is where the security card knows it. */
async function expectUnusable(t: CaseContext, what: string, act: Change): Promise<void> {
  const about = { requirement: "PAY-CABLE-0050-f" };
  const before = await readShop(t);
  const seen = await buyWithResult(t, what, act);
  t.expect.oneOf(`how a purchase with ${what} ended (CC)`, seen.outcome.CC, ["A018", "A01A"], about);
  t.expect.equal("results for the set-top box", allOf(seen, "cable", "result").length, 0, {
    requirement: "PAY-CABLE-0050-g",
  });
  t.expect.equal("releases", logsOf(seen, "head-end", "item-released").length, 0, { requirement: "PAY-CABLE-0050-h" });
  await expectNothingReleased(t, seen, "open", about);
  const after = await readShop(t);
  t.expect.equal("amount in suspense", expectConserved(t, before, after), 0);
  await expectNextPurchaseWorks(t, before, about, { SITE: theShop(t).SITE });
}

const links = ["cable", "237", "line"] as const;

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-0050-D",
    suite,
    purpose:
      "The result message names its transaction and provider and is sealed by the payment server with all that was paid",
    requirements: ["PAY-CABLE-0050-d", "PAY-CABLE-0050-e", "PAY-CABLE-C8"],
    owner: "server",
    needs: needing({ links, keys: true }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0050-d" };
      const before = await readShop(t);
      const seen = await buy(t);
      const { event, message } = theMessage(t, seen, "237", "debit-result", { requirement: "PAY-CABLE-C8" });
      const { IDTRX, IDMER, MPDA } = thePage(t, seen).message;
      t.expect.equal("transaction and provider", [message.IDTRX, message.IDMER], [IDTRX, IDMER], {
        ...about,
        at: event,
      });
      t.expect.absent("CC of a positive result", message.CC, { ...about, at: event });
      const signed = { requirement: "PAY-CABLE-0050-e", at: event };
      const said = openedConfirmation(t, { IDTRX, IDMER }, confOf(message), signed);
      t.expect.equal("what the seal covers", said, dueWords(t, seen), signed);
      const open = messagesOn(seen, "cable").filter(({ bytes }) => toHex(bytes).includes(toHex(confOf(message))));
      t.expect.equal("confirmations on the way to the set-top box", open.length, 0, { requirement: "PAY-CABLE-C8" });
      await expectSold(t, before, seen, MPDA, { requirement: "PAY-CABLE-C8" });
    },
  }),
  defineCase({
    id: "CAB-0050-F-01",
    suite,
    purpose: "A result message that was altered in one bit releases nothing",
    requirements: ["PAY-CABLE-0050-f", "PAY-CABLE-0050-h"],
    owner: "server",
    needs: needing({ links, logs: ["head-end"] }),
    run: (t) => expectUnusable(t, "an altered confirmation", inElement("CONF", flipLast)),
  }),
  defineCase({
    id: "CAB-0050-F-02",
    suite,
    purpose: "The genuine confirmation of an earlier purchase releases nothing else",
    requirements: ["PAY-CABLE-0050-f", "PAY-CABLE-0050-h"],
    owner: "server",
    needs: needing({ links, logs: ["head-end"] }),
    async run(t) {
      const earlier = await buy(t);
      t.expect.completed(earlier);
      const CONF = confOf(theMessage(t, earlier, "237", "debit-result").message);
      await expectUnusable(t, "the confirmation of another sale", inElement("CONF", setTo(CONF)));
    },
  }),
  defineCase({
    id: "CAB-0050-F-03",
    suite,
    purpose:
      "Who cannot make the provider's seal releases nothing: noise, another shop's seal, or a message without any",
    requirements: ["PAY-CABLE-0050-f", "HE-0037-b"],
    owner: "server",
    needs: needing({ keys: true }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0050-f" };
      const item = itemOf(t);
      const page = await orderPage(t, item);
      const shop = t.facts.sites.find(({ kind, IDMER }) => kind === "cable" && IDMER !== page.IDMER);
      const other = t.expect.present("another shop of the provider", shop, { owner: "bench" });
      const rest = { CC: "0000", IDTERM: "00000005", NTPSAM: 1, DTHR: "20260101000000" };
      const seal = (IDMER: string, MPDA: number) =>
        toHex(sealConfirmation(contractKey(t, IDMER), { ...page, MPDA, ...rest }, new Uint8Array(12).fill(0x5a)));
      const forged = [
        ["noise", "5A".repeat(77), 403],
        ["another shop's seal", seal(other.IDMER, page.MPDA), 403],
        ["a seal over another amount", seal(page.IDMER, page.MPDA - 1), 403],
        ["nothing", "", 400],
      ] as const;
      for (const [what, confirmation, due] of forged) {
        const body = new URLSearchParams({ "transaction-id": page.IDTRX, confirmation }).toString();
        const request = { method: "POST", path: statusPath(page), body, session: OWN_SESSION } as const;
        const { status } = await t.system.http(item.SITE, request);
        t.expect.equal(`status for ${what}`, status, due, about);
        t.expect.equal(`the sale after ${what}`, (await t.system.sale(page.IDTRX))?.status, "open", about);
      }
      t.expect.completed(await buy(t), about);
    },
  }),
  defineCase({
    id: "CAB-0050-G",
    suite,
    purpose: "A result that says that the payment failed is passed on as a failure: no goods, no word of success",
    requirements: ["PAY-CABLE-0050-g", "PAY-CABLE-0050-h"],
    owner: "server",
    needs: needing({ links, logs: ["head-end"], keys: true }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0050-g" };
      const { SITE } = theShop(t);
      const before = await readShop(t);
      const seen = await refusedDebit(t, { SITE });
      const { event, message } = theMessage(t, seen, "237", "debit-result", about);
      const { IDTRX, IDMER } = thePage(t, seen).message;
      const said = openedConfirmation(t, { IDTRX, IDMER }, confOf(message), { ...about, at: event });
      t.expect.equal("CC of result and confirmation", [message.CC, said.CC], ["9404", "9404"], { ...about, at: event });
      const told = allOf(seen, "cable", "user-message").map((each) => [each.message.IDTRX, each.message.CC]);
      t.expect.equal("what the set-top box is told", told, [[IDTRX, "9404"]], about);
      t.expect.equal("results for the set-top box", allOf(seen, "cable", "result").length, 0, about);
      t.expect.refused(seen, "9404", about);
      await expectNothingReleased(t, seen, "failed", { requirement: "PAY-CABLE-0050-h" });
      await expectBooked(t, IDTRX, "failed", "failed", about);
      expectMoved(t, before, await readShop(t), 0, about);
      await expectNextPurchaseWorks(t, before, about, { SITE });
    },
  }),
];
