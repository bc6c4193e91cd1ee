/** FIG 4, steps 636 to 641 ([0089]) at the head end: confirmation to the merchant, the merchant's answer to the user. */

import { toHex } from "../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { baseSites } from "./support/base-sites.ts";
import { exchangesOf, type HttpExchange } from "./support/merchant-site.ts";
import { confOf } from "./support/merchant-word.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, logsOf, theLog, theMessage, thePage } from "./support/observe.ts";
import { expectRefusalSettled, refusedDebit } from "./support/refused-debit.ts";

/** The request that carries a confirmation, wherever it goes. */
function theConfirmation(t: CaseContext, seen: PurchaseObservation, requirement: string): HttpExchange {
  const found = exchangesOf(seen).filter(({ fields }) => fields.has("confirmation"));
  t.expect.equal("number of confirmations on link 234", found.length, 1, { requirement });
  return t.expect.present("confirmation on link 234", found[0], { requirement });
}

function sitesThatSell({ facts }: CaseContext): readonly string[] {
  return baseSites(facts)
    .map(({ SITE }) => SITE)
    .filter((SITE) => facts.catalogue.some((item) => item.SITE === SITE));
}

/** The merchant gets a confirmation that is damaged in its last hex digit, and cannot accept it. */
async function unacceptedConfirmation(t: CaseContext): Promise<PurchaseObservation> {
  const fault = t.system.disturb({
    link: "234",
    from: "head-end",
    message: "POST ",
    act: (body) => {
      const form = new URLSearchParams(new TextDecoder().decode(body));
      const CONF = form.get("confirmation");
      if (CONF === null) return body;
      form.set("confirmation", CONF.slice(0, -1) + (CONF.endsWith("0") ? "1" : "0"));
      return new TextEncoder().encode(form.toString());
    },
    what: "the confirmation is damaged on its way to the merchant",
  });
  try {
    return await t.system.purchase();
  } finally {
    fault[Symbol.dispose]();
  }
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-636-01",
    suite: "payment",
    purpose: "The head end passes the confirmation on unopened to the status URL of the very page",
    requirements: ["PAY-BASE-636-a"],
    owner: "server",
    needs: { links: ["234", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-636-a" };
      for (const SITE of sitesThatSell(t)) {
        const seen = await t.system.purchase({ SITE });
        const { page } = thePage(t, seen);
        const { pathname, search } = new URL(page.URL);
        const { message, event } = theMessage(t, seen, "236", "debit-result");
        const { request, method, path, fields } = theConfirmation(t, seen, about.requirement);
        const at = { ...about, at: request };
        t.expect.equal("method and path of the confirmation", `${method} ${path}`, `POST ${pathname}${search}`, at);
        t.expect.equal("transaction-id", fields.get("transaction-id")?.toUpperCase(), page.IDTRX, at);
        t.expect.equal("confirmation", fields.get("confirmation")?.toUpperCase(), toHex(confOf(message)), at);
        t.expect.that(request.n > event.n, "the confirmation is passed on after it was received", at);
        t.expect.completed(seen, about);
        const sale = await t.system.sale(page.IDTRX);
        t.expect.equal(`sale at ${SITE}`, sale?.status, "released", at);
      }
    },
  }),
  defineCase({
    id: "PAY-636-02",
    suite: "payment",
    purpose: "The user is told that the debit is completed only after the confirmation is there",
    requirements: ["PAY-BASE-636-b"],
    owner: "server",
    needs: { links: ["cable", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-636-b" };
      const seen = await t.system.purchase();
      const told = allOf(seen, "cable", "user-message").filter(({ message }) => message.CC === "0000");
      t.expect.that(told.length <= 1, "the user is told at most once", { ...about, actual: told.length });
      if (!told[0]) t.note("the head end posts no message that the debit is completed, which is its choice");
      for (const { event, message } of told) {
        const confirmed = theMessage(t, seen, "236", "debit-result", about).event;
        t.expect.that(event.n > confirmed.n, "the message follows the confirmation", { ...about, at: event });
        const isShown = seen.outcome.shown.some((text) => text.includes(message.TEXT.trim()));
        t.expect.that(isShown, "its text is shown to the user", { ...about, at: event });
      }
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-636-03",
    suite: "payment",
    purpose: "The head end logs the confirmation of the payment, with its transaction and the address it went to",
    requirements: ["PAY-BASE-636-c"],
    owner: "server",
    needs: { links: ["234", "236"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-636-c" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const entry = theLog(t, seen, "head-end", "payment-confirmed", about);
      t.expect.equal("IDTRX of the entry", entry.IDTRX, page.IDTRX, { ...about, at: entry });
      t.expect.equal("url of the entry", entry.fields.url, page.URL, { ...about, at: entry });
      t.expect.equal("number of entries", logsOf(seen, "head-end", "payment-confirmed").length, 1, about);
      const received = theMessage(t, seen, "236", "debit-result").event;
      t.expect.that(entry.n > received.n, "the entry follows the confirmation", { ...about, at: entry });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-636-04",
    suite: "payment",
    purpose:
      "The confirmation of a failed payment is passed on to the merchant too, and nobody is told that it was paid",
    requirements: ["PAY-BASE-636-a", "PAY-BASE-636-b", "PAY-BASE-636-c"],
    owner: "server",
    needs: { links: ["cable", "234", "236"], logs: ["head-end"] },
    async run(t) {
      const before = await readAccounts(t);
      const seen = await refusedDebit(t);
      const { message } = theMessage(t, seen, "236", "debit-result");
      const { request, fields } = theConfirmation(t, seen, "PAY-BASE-636-a");
      const passed = { requirement: "PAY-BASE-636-a", at: request };
      t.expect.equal("confirmation", fields.get("confirmation")?.toUpperCase(), toHex(confOf(message)), passed);
      const told = allOf(seen, "cable", "user-message").filter((each) => each.message.CC === "0000");
      t.expect.equal("messages that the debit is completed", told.length, 0, { requirement: "PAY-BASE-636-b" });
      const logged = logsOf(seen, "head-end", "payment-confirmed");
      t.expect.equal("log entries payment-confirmed", logged.length, 0, { requirement: "PAY-BASE-636-c" });
      await expectRefusalSettled(t, seen, before);
    },
  }),
  defineCase({
    id: "PAY-640-C-01",
    suite: "payment",
    purpose: "What the head end logs of the merchant's response belongs to the purchase that it answers",
    requirements: ["PAY-BASE-640-c"],
    owner: "server",
    needs: { links: ["234"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-640-c" };
      for (const which of ["first", "second"]) {
        const seen = await t.step(`${which} purchase`, () => t.system.purchase());
        const { page } = thePage(t, seen);
        const { status } = theConfirmation(t, seen, about.requirement);
        const entries = logsOf(seen, "head-end", "merchant-response");
        if (entries.length === 0) t.note("the head end does not log the merchant's response, which is its choice");
        for (const entry of entries) {
          t.expect.equal("IDTRX of the entry", entry.IDTRX, page.IDTRX, { ...about, at: entry });
          t.expect.equal("status of the entry", entry.fields.status, status, { ...about, at: entry });
        }
        t.expect.completed(seen);
      }
    },
  }),
  defineCase({
    id: "PAY-641-01",
    suite: "payment",
    purpose:
      "The head end sends the merchant's information to the set-top box whole, and after the merchant has given it",
    requirements: ["PAY-BASE-641"],
    owner: "server",
    needs: { links: ["cable", "234"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-641" };
      const before = await readAccounts(t);
      const seen = await t.system.purchase();
      const { body, response, status } = theConfirmation(t, seen, about.requirement);
      t.expect.equal("status of the merchant's answer", status, 200, { at: response });
      const { event, message } = theMessage(t, seen, "cable", "result", about);
      const at = { ...about, at: event };
      t.expect.equal("IDTRX of the result", message.IDTRX, thePage(t, seen).page.IDTRX, at);
      t.expect.equal("CC of the result", message.CC, "0000", at);
      t.expect.equal("CONTENT of the result", message.CONTENT, body, at);
      t.expect.that(event.n > (response?.n ?? event.n), "the result follows the merchant's answer", at);
      t.expect.equal("what the user gets", seen.outcome.CONTENT, body, at);
      t.expect.completed(seen, about);
      expectMoved(t, before, await readAccounts(t), thePage(t, seen).page.MPDA);
    },
  }),
  defineCase({
    id: "PAY-641-02",
    suite: "payment",
    purpose: "A merchant that does not accept the confirmation gives the user no success message",
    requirements: ["PAY-BASE-641"],
    owner: "server",
    needs: { links: ["cable", "234"], logs: ["head-end"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-641" };
      const before = await readAccounts(t);
      const seen = await unacceptedConfirmation(t);
      const { status } = theConfirmation(t, seen, about.requirement);
      t.expect.that(status !== 200, "the merchant refuses the damaged confirmation", { actual: status });
      const successes = allOf(seen, "cable", "result").filter(({ message }) => message.CC === "0000");
      t.expect.equal("success messages on the cable link", successes.length, 0, about);
      t.expect.refused(seen, "A018", about);
      t.expect.equal("content for the user", seen.outcome.CONTENT, undefined, about);
      theLog(t, seen, "head-end", "transaction-failed", about);
      t.expect.equal("amount in suspense", expectConserved(t, before, await readAccounts(t)), 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
];
