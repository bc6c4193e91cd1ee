/** [0038]: part of a transaction fails, and the head end payment server tells those who take part. */
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { readableText } from "../payment/support/merchant-site.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, newDebits } from "../payment/support/money.ts";
import { allOf, apdusOn, logsOf, messagesOn, theLog, theMessage } from "../payment/support/observe.ts";
import { expectNoDebit } from "../payment/support/stopped.ts";
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
const about = { requirement: "HE-0038-c" };

/** What is left of a purchase that was debited and not decided: nothing released, all of it settled by a recovery. */
async function expectSettledLater(
  t: CaseContext,
  before: Awaited<ReturnType<typeof readShop>>,
  IDTRX: string | undefined,
): Promise<void> {
  const { price } = itemOf(t);
  await expectBooked(t, IDTRX, "unresolved", "open", about);
  const between = await readShop(t);
  t.expect.equal("debits of the card", newDebits(before, between).length, 1, about);
  t.expect.equal("amount in suspense", expectConserved(t, before, between, about), price, about);
  const recovered = t.expect.present("recovery by the set-top box", await t.system.recover(), about);
  t.expect.equal("what is recovered", recovered.outcome.IDTRX, IDTRX, about);
  const elsewhere = messagesOn(recovered, "236");
  t.expect.equal("messages of it for the merchants' payment server", elsewhere.length, 0, about);
  await expectSold(t, before, recovered, price, about);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-0038-C-01",
    suite,
    purpose:
      "A terminal that is silent ends the purchase: head end, set-top box and user hear of it, with this transaction's identifier",
    requirements: ["HE-0038-c"],
    owner: "server",
    needs: needing({ links: ["cable", "237", "line", "235"], logs: ["head-end", "head-end-payment-server"] }),
    async run(t) {
      const before = await readShop(t);
      using fault = t.system.disturb({
        link: "line",
        from: "terminal",
        message: 0xf2,
        times: 1,
        act: () => [],
        what: "the terminal's debit command is lost",
      });
      const seen = await buy(t);
      t.expect.equal("answers that were lost", fault.hits, 1);
      const { IDTRX } = thePage(t, seen).message;
      const refusal = theMessage(t, seen, "237", "refusal", about);
      const said = [refusal.message.IDTRX, refusal.message.CC];
      t.expect.equal("what the head end hears", said, [IDTRX, "A008"], { ...about, at: refusal.event });
      const told = theMessage(t, seen, "cable", "user-message", about);
      const words = [told.message.IDTRX, told.message.CC];
      t.expect.equal("what the set-top box hears", words, [IDTRX, "A008"], { ...about, at: told.event });
      const isShown = seen.outcome.shown.some((text) => text.includes(told.message.TEXT) && told.message.TEXT !== "");
      t.expect.that(isShown, "the user is shown why", { ...about, actual: seen.outcome.shown });
      const failed = theLog(t, seen, "head-end", "transaction-failed", about);
      t.expect.equal("the head end's log", [failed.IDTRX, failed.fields.CC], [IDTRX, "A008"], { ...about, at: failed });
      const refused = theLog(t, seen, "head-end-payment-server", "draw-request-refused", about);
      const entry = [refused.IDTRX, refused.fields.CC];
      t.expect.equal("the payment server's log", entry, [IDTRX, "A008"], { ...about, at: refused });
      t.expect.refused(seen, "A008", about);
      expectNoDebit(t, seen, about);
      await expectNothingReleased(t, seen, "open", about);
      expectMoved(t, before, await readShop(t), 0, about);
      await expectNextPurchaseWorks(t, before, about, { SITE: theShop(t).SITE });
    },
  }),
  defineCase({
    id: "CAB-0038-C-02",
    suite,
    purpose:
      "The card's answer is lost between head end and its payment server: both end it as unresolved, and a recovery delivers",
    requirements: ["HE-0038-c", "PAY-CABLE-1112-b"],
    owner: "server",
    needs: needing({ links: ["cable", "237", "235", "236"], logs: ["head-end-payment-server"], database: true }),
    async run(t) {
      const before = await readShop(t);
      const fault = t.system.disturb({
        link: "237",
        from: "head-end",
        message: 0xec,
        times: 1,
        act: () => "lose-link",
        what: "link 237 breaks under the debit response",
      });
      const seen = await buy(t);
      t.expect.equal("debit responses that were lost", fault.hits, 1);
      fault[Symbol.dispose]();
      const { IDTRX } = thePage(t, seen).message;
      const unresolved = theLog(t, seen, "head-end-payment-server", "transaction-unresolved", about);
      t.expect.equal("transaction that is unresolved", unresolved.IDTRX, IDTRX, { ...about, at: unresolved });
      const told = allOf(seen, "cable", "user-message").map(({ message }) => [message.IDTRX, message.CC]);
      t.expect.equal("what the set-top box hears", told, [[IDTRX, "A01A"]], about);
      t.expect.refused(seen, "A01A", about);
      await expectNothingReleased(t, seen, "open", about);
      await expectSettledLater(t, before, IDTRX);
    },
  }),
  defineCase({
    id: "CAB-0038-C-03",
    suite,
    purpose:
      "A head end payment server that dies while the card is debited knows of it when it is back, and settles it",
    requirements: ["HE-0038-c", "PAY-CABLE-0050-c"],
    owner: "server",
    needs: needing({
      links: ["cable", "237", "235", "236"],
      restart: ["head-end-payment-server"],
      logs: ["head-end-payment-server"],
      database: true,
    }),
    async run(t) {
      const before = await readShop(t);
      const killed = t.system.when({ link: "235", from: "set-top-box", message: 0x54 }, () =>
        t.system.restart("head-end-payment-server"),
      );
      const seen = await buy(t);
      t.expect.equal("restarts", killed.hits, 1);
      killed[Symbol.dispose]();
      const { IDTRX } = thePage(t, seen).message;
      const unresolved = logsOf(seen, "head-end-payment-server", "transaction-unresolved").map((entry) => entry.IDTRX);
      t.expect.equal("transactions that the started server takes up", unresolved, [IDTRX], about);
      t.expect.refused(seen, "A01A", about);
      await expectNothingReleased(t, seen, "open", about);
      await expectSettledLater(t, before, IDTRX);
    },
  }),
  defineCase({
    id: "CAB-0038-C-04",
    suite,
    purpose:
      "The debited message of a recovered purchase, the goods and the receipt are those of the sale that failed first",
    requirements: ["HE-0038-c", "PAY-CABLE-1116-b"],
    owner: "server",
    needs: needing({ links: ["cable", "235"], cards: ["specimen"], database: true }),
    async run(t) {
      const { ITEM, title, price } = itemOf(t, "goods");
      const before = await readShop(t);
      const lost = t.system.disturb({
        link: "cable",
        from: "set-top-box",
        message: 0xec,
        times: 1,
        act: () => "lose-link",
        what: "the cable breaks under the debit response",
      });
      const seen = await buy(t, { ITEM });
      t.expect.equal("debit responses that were lost", lost.hits, 1);
      lost[Symbol.dispose]();
      await expectNothingReleased(t, seen, "open", about);
      const next = await buy(t);
      t.expect.completed(next, about);
      t.expect.equal("DEBIT IEP commands of the next purchase", apdusOn(next, "235", 0x54).length, 1, about);
      const results = allOf(next, "cable", "result").map(({ message }) => message);
      const [first, second] = results;
      const { IDTRX } = seen.outcome;
      t.expect.equal("what is delivered first", first?.IDTRX, IDTRX, about);
      const page = readableText(first?.CONTENT ?? "");
      const isReceipt = page.includes(title) && page.includes(IDTRX ?? "?");
      t.expect.that(isReceipt, "it is the receipt for the goods of before", { ...about, actual: page });
      t.expect.equal("what is delivered then", second?.IDTRX, next.outcome.IDTRX, about);
      const after = await readShop(t);
      t.expect.money(before.purse, after.purse, -(price + itemOf(t).price), about);
      t.expect.equal("amount in suspense", expectConserved(t, before, after, about), 0, about);
      await expectBooked(t, IDTRX, "confirmed", "released", about);
    },
  }),
];
