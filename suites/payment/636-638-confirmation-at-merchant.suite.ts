/** FIG 4, steps 636 to 638: the confirmation comes to the merchant by way of the head end, and decides about the item. */

import { toHex } from "../../harness/core/bytes.ts";
import type { MessageEvent, RecordedEvent } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { confOf } from "./support/merchant-word.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { logsOf, messagesOn, theLog, theMessage, thePage } from "./support/observe.ts";
import { during, failedPayment, orderItem, postConfirmation } from "./support/payment.ts";

/** The form that the head end posted to the status URL. */
function postedForm(t: CaseContext, seen: readonly RecordedEvent[], about?: About) {
  const posts = messagesOn(seen, "234", "head-end").filter(({ step }) => step === "636");
  const event: MessageEvent = t.expect.present("confirmation on link 234 (636)", posts[0], about);
  const text = new TextDecoder().decode(event.bytes);
  const form = new URLSearchParams(text.slice(text.indexOf("\n\n") + 2));
  return { event, IDTRX: form.get("transaction-id"), CONF: form.get("confirmation")?.toUpperCase() };
}

async function expectSale(t: CaseContext, IDTRX: string, status: string, about: About): Promise<void> {
  const sale = t.expect.present("the merchant's record of the sale", await t.system.sale(IDTRX), about);
  t.expect.equal("status of the sale", sale.status, status, about);
}

function expectOrder(
  t: CaseContext,
  sentence: string,
  first: RecordedEvent,
  second: RecordedEvent,
  about: About,
): void {
  t.expect.that(first.n < second.n, sentence, { ...about, at: first, actual: `events ${first.n} and ${second.n}` });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-638-01",
    suite: "payment",
    purpose: "The merchant registers a genuine confirmation as success, and releases the item only after that",
    requirements: ["PAY-BASE-638-a", "PAY-BASE-638-c"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-638-a" };
      const seen = await t.system.purchase();
      const { IDTRX } = thePage(t, seen).page;
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      const at = { ...about, at: registered };
      t.expect.equal("IDTRX of the log entry", registered.IDTRX, IDTRX, at);
      t.expect.equal("accepted", registered.fields.accepted, true, at);
      t.expect.equal("CC of the log entry", registered.fields.CC, "0000", at);
      expectOrder(t, "it is registered after it came", postedForm(t, seen.events, about).event, registered, about);
      const released = theLog(t, seen, "merchant", "item-released", { requirement: "PAY-BASE-638-c" });
      expectOrder(t, "the item is released after that", registered, released, { requirement: "PAY-BASE-638-c" });
      await expectSale(t, IDTRX, "released", { requirement: "PAY-BASE-638-c" });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-638-02",
    suite: "payment",
    purpose: "A genuine confirmation of a failed payment is registered as failed and releases nothing",
    requirements: ["PAY-BASE-638-a", "PAY-BASE-638-c"],
    owner: "server",
    needs: { cards: ["specimen"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-638-a" };
      const { page, result } = await failedPayment(t, await orderItem(t));
      const { value, events } = await during(t, () => postConfirmation(t, page, toHex(confOf(result))));
      t.expect.equal("answer to the confirmation", value.status, 402, about);
      await expectSale(t, page.IDTRX, "failed", about);
      const registered = theLog(t, events, "merchant", "confirmation-registered", about);
      t.expect.equal("CC of the log entry", registered.fields.CC, "9404", { ...about, at: registered });
      const released = logsOf(events, "merchant", "item-released");
      t.expect.equal("items released", released.length, 0, { requirement: "PAY-BASE-638-c", at: released[0] });
      const again = await postConfirmation(t, page, toHex(confOf(result)));
      t.expect.equal("answer to it once more", again.status, 409, about);
    },
  }),
  defineCase({
    id: "PAY-638-03",
    suite: "payment",
    purpose:
      "A confirmation that was damaged on its way releases nothing, and the debit that it spoke of stays on record",
    requirements: ["PAY-BASE-638-c"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-638-c" };
      const before = await readAccounts(t);
      const disturbance = t.system.disturb({
        link: "234",
        from: "head-end",
        message: `POST ${new URL((await orderItem(t)).URL).pathname}`,
        times: 1,
        act: withOtherDigit,
        what: "one digit of the confirmation changed",
      });
      const seen = await t.system.purchase();
      disturbance[Symbol.dispose]();
      t.expect.equal("confirmations that were damaged", disturbance.hits, 1);
      const { page } = thePage(t, seen);
      const released = logsOf(seen, "merchant", "item-released");
      t.expect.equal("items released", released.length, 0, { ...about, at: released[0] });
      await expectSale(t, page.IDTRX, "open", about);
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      t.expect.equal("accepted", registered.fields.accepted, false, { ...about, at: registered });
      t.expect.refused(seen, "A018", about);
      t.expect.absent("content for the user", seen.outcome.CONTENT, about);
      expectMoved(t, before, await readAccounts(t), page.MPDA, about);
      const CONF = confOf(theMessage(t, seen, "236", "debit-result").message);
      const late = await postConfirmation(t, page, toHex(CONF));
      t.expect.equal("answer to the undamaged confirmation later", late.status, 200, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-638-04",
    suite: "payment",
    purpose: "The merchant opens a confirmation only with the help of the transaction identifier that it was made for",
    requirements: ["PAY-BASE-638-b"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-638-b" };
      const other = await orderItem(t);
      const { page, result } = await failedPayment(t, await orderItem(t));
      const CONF = toHex(confOf(result));
      const misplaced = await postConfirmation(t, page, CONF, other.IDTRX);
      t.expect.equal("answer to a confirmation under another sale's identifier", misplaced.status, 403, about);
      await expectSale(t, other.IDTRX, "open", about);
      await expectSale(t, page.IDTRX, "open", about);
      const unknown = await postConfirmation(t, page, CONF, "00".repeat(16));
      t.expect.equal("answer to a confirmation under nobody's identifier", unknown.status, 404, about);
      const own = await postConfirmation(t, page, CONF);
      t.expect.equal("answer to it under its own identifier", own.status, 402, about);
      await expectSale(t, page.IDTRX, "failed", about);
    },
  }),
  defineCase({
    id: "PAY-C12-01",
    suite: "payment",
    purpose: "The item is not released before the confirmation has reached the merchant",
    requirements: ["PAY-BASE-C12"],
    owner: "server",
    needs: { links: ["234", "cable"], logs: ["merchant"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-C12" };
      const early: string[] = [];
      const path = new URL((await orderItem(t)).URL).pathname;
      const since = t.system.events().at(-1)?.n ?? 0;
      const watch = t.system.when({ link: "234", from: "head-end", message: `POST ${path}` }, async () => {
        const IDTRX = thePage(t, t.system.events(since)).page.IDTRX;
        early.push((await t.system.sale(IDTRX))?.status ?? "unknown");
      });
      const seen = await t.system.purchase();
      watch[Symbol.dispose]();
      t.expect.equal("the sale when the confirmation arrives", early[0], "open", about);
      const confirmation = postedForm(t, seen.events, about).event;
      const released = theLog(t, seen, "merchant", "item-released", about);
      expectOrder(t, "the confirmation came before the item was released", confirmation, released, about);
      t.expect.equal("releases of the item", logsOf(seen, "merchant", "item-released").length, 1, about);
      const result = theMessage(t, seen, "cable", "result", about).event;
      expectOrder(t, "the user got the item after the merchant had released it", released, result, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-C21-01",
    suite: "payment",
    purpose: "Draw request, debit command and confirmation all go by way of the head end, and by no other",
    requirements: ["PAY-BASE-C21", "PS-0048-e"],
    owner: "server",
    needs: { links: ["234", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-C21" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      t.expect.order(seen, ["612", "616", "622", "634", "636"], about);
      const result = theMessage(t, seen, "236", "debit-result", about).message;
      const posted = postedForm(t, seen.events, about);
      const at = { ...about, at: posted.event };
      t.expect.equal("sale of the confirmation", posted.IDTRX?.toUpperCase(), page.IDTRX, at);
      t.expect.equal("confirmation at the merchant", posted.CONF, toHex(confOf(result)), at);
      const heard = logsOf(seen, "merchant", "confirmation-registered");
      t.expect.that(
        heard.every(({ n }) => n > posted.event.n),
        "the merchant has the confirmation from the head end alone",
        { requirement: "PS-0048-e", at: heard[0] },
      );
      t.expect.completed(seen, about);
    },
  }),
];

/** The form with the last digit of its confirmation changed. */
function withOtherDigit(body: Uint8Array): Uint8Array {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const CONF = form.get("confirmation") ?? "";
  form.set("confirmation", CONF.slice(0, -1) + (CONF.endsWith("0") ? "1" : "0"));
  return new TextEncoder().encode(form.toString());
}
