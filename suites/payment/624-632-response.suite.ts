/** FIG 4, steps 624 and 632: the card's answer is kept, goes to the security card, and its answer is kept too. */
import { toHex } from "../../harness/core/bytes.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { initialise } from "./support/direct.ts";
import { allOf, apdusOn, logsOf, theLog, theMessage, thePage } from "./support/observe.ts";
import { drawRequestOf, during, orderItem, refusedByCard, terminalLink, theAnswer } from "./support/payment.ts";

/** The card's refusal, as the case reports it. */
const REFUSED = "6985";

function expectBefore(
  t: CaseContext,
  sentence: string,
  first: RecordedEvent,
  second: RecordedEvent,
  about: About,
): void {
  t.expect.that(first.n < second.n, sentence, { ...about, at: first, actual: `events ${first.n} and ${second.n}` });
}

/** A payment of the case's own that the card refuses, with everything that was seen of it. */
async function refusedPayment(t: CaseContext) {
  const page = await orderItem(t);
  const card = await initialise(t);
  const messages = [drawRequestOf(page, card), refusedByCard(page.IDTRX)];
  const { value, events } = await during(t, () => t.system.paymentSession(messages));
  return { page, answers: value, events };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-624-01",
    suite: "payment",
    purpose: "The payment server logs the card's success message when it comes in, before it is worked off",
    requirements: ["PAY-BASE-624-a"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-624-a" };
      const { link } = terminalLink(t);
      const seen = await t.system.purchase();
      const { IDTRX } = thePage(t, seen).page;
      const success = theMessage(t, seen, "236", "debit-response", about);
      const logged = theLog(t, seen, "payment-server", "debit-response-received", about);
      expectBefore(t, "the success message is logged after it has come", success.event, logged, about);
      const passedOn = theMessage(t, seen, link, "t-response", about).event;
      expectBefore(t, "the success message is logged before it goes to the terminal", logged, passedOn, about);
      t.expect.equal("IDTRX of the log entry", logged.IDTRX, IDTRX, { ...about, at: logged });
      const { CARDRSP, SW } = success.message;
      t.expect.equal("SW of the log entry", logged.fields.SW, SW, { ...about, at: logged });
      const CC = toHex(CARDRSP.subarray(0, 2));
      t.expect.equal("CC of the log entry", logged.fields.CC, CC, { ...about, at: logged });
      t.expect.equal("such entries", logsOf(seen, "payment-server", "debit-response-received").length, 1, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-624-02",
    suite: "payment",
    purpose: "The database says that the card has answered, and what, before the answer goes to the terminal",
    requirements: ["PAY-BASE-624-b"],
    owner: "server",
    needs: { links: ["236"], database: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-624-b" };
      const stored: { status: string; debitResponse: string | null }[] = [];
      const watch = t.system.when({ ...terminalLink(t), message: 0xf3 }, async () => {
        const row = (await t.system.transactions()).at(-1);
        if (row) stored.push(row);
      });
      const seen = await t.system.purchase();
      watch[Symbol.dispose]();
      const success = theMessage(t, seen, "236", "debit-response", about);
      const row = t.expect.present("row when the answer goes to the terminal", stored[0], about);
      t.expect.equal("status in the row", row.status, "response-received", about);
      t.expect.equal("debit response in the row", row.debitResponse, toHex(success.message.CARDRSP), about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-624-03",
    suite: "payment",
    purpose: "Success message and signature go unchanged to the security card of the transaction's own terminal",
    requirements: ["PAY-BASE-624-c"],
    owner: "server",
    needs: { links: ["236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-624-c" };
      const { link } = terminalLink(t);
      const seen = await t.system.purchase();
      const { IDTRX } = thePage(t, seen).page;
      const success = theMessage(t, seen, "236", "debit-response", about).message;
      const draw = theMessage(t, seen, link, "t-draw", about).message;
      const { event, message } = theMessage(t, seen, link, "t-response", about);
      const at = { ...about, at: event };
      t.expect.equal("terminal that gets the success message", message.IDTERM, draw.IDTERM, at);
      if (link === "LAN") t.expect.equal("address on the LAN", toHex(event.bytes.subarray(0, 4)), draw.IDTERM, at);
      t.expect.equal("IDTRX of the T-response", message.IDTRX, IDTRX, at);
      t.expect.equal("CARDRSP with the card's signature", toHex(message.CARDRSP), toHex(success.CARDRSP), at);
      t.expect.equal("SW of the T-response", message.SW, success.SW, at);
      t.expect.equal("T-responses for one success message", allOf(seen, link, "t-response").length, 1, about);
      const [shown] = apdusOn(seen, "SAM", 0x74);
      if (shown) {
        const data = toHex(shown.command.bytes.subarray(5, 37));
        const expected = IDTRX + toHex(success.CARDRSP);
        t.expect.equal("data that the security card gets", data, expected, { ...about, at: shown.command });
      }
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-624-04",
    suite: "payment",
    purpose:
      "A card's refusal is logged, kept and passed to the terminal like a success, and ends as a failed transaction",
    requirements: ["PAY-BASE-624-a", "PAY-BASE-624-b", "PAY-BASE-624-c"],
    owner: "server",
    needs: { cards: ["specimen"], database: true, logs: ["payment-server"] },
    async run(t) {
      const { link } = terminalLink(t);
      const { page, events, answers } = await refusedPayment(t);
      const logged = theLog(t, events, "payment-server", "debit-response-received", { requirement: "PAY-BASE-624-a" });
      const at = { requirement: "PAY-BASE-624-a", at: logged };
      t.expect.equal("SW of the log entry", logged.fields.SW, REFUSED, at);
      t.expect.equal("CC of the log entry (the card signed nothing)", logged.fields.CC, null, at);
      const passed = theMessage(t, events, link, "t-response", { requirement: "PAY-BASE-624-c" });
      t.expect.equal("SW of the T-response", passed.message.SW, REFUSED, { requirement: "PAY-BASE-624-c" });
      const row = t.expect.present("row of the transaction", await t.system.transaction(page.IDTRX));
      t.expect.equal("status of the transaction", row.status, "failed", { requirement: "PAY-BASE-624-b" });
      t.expect.equal("CC of the transaction", row.CC, "9404", { requirement: "PAY-BASE-624-b" });
      t.expect.equal("debit response in the row", row.debitResponse, "", { requirement: "PAY-BASE-624-b" });
      theAnswer(t, answers[1], "debit-result", { requirement: "PAY-BASE-624-b" });
    },
  }),
  defineCase({
    id: "PAY-632-01",
    suite: "payment",
    purpose: "The terminal's answer is logged with the merchant's identifier, before the confirmation",
    requirements: ["PAY-BASE-632"],
    owner: "server",
    needs: { links: ["236"], logs: ["payment-server"], database: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-632" };
      const { link } = terminalLink(t);
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const answer = theMessage(t, seen, link, "t-result", about);
      const logged = theLog(t, seen, "payment-server", "terminal-response", about);
      const at = { ...about, at: logged };
      expectBefore(t, "the answer is logged after it has come", answer.event, logged, about);
      const confirmation = theMessage(t, seen, "236", "debit-result", about).event;
      expectBefore(t, "the answer is logged before the confirmation", logged, confirmation, about);
      t.expect.equal("IDMER of the log entry", logged.fields.IDMER, page.IDMER, at);
      t.expect.equal("IDTRX of the log entry", logged.IDTRX, page.IDTRX, at);
      t.expect.equal("IDTERM of the log entry", logged.fields.IDTERM, answer.message.IDTERM, at);
      t.expect.equal("CC of the log entry", logged.fields.CC, answer.message.CC, at);
      const row = t.expect.present("row of the transaction", await t.system.transaction(page.IDTRX), about);
      const body = link === "LAN" ? answer.event.bytes.subarray(4) : answer.event.bytes;
      t.expect.equal("terminal's answer in the database", row.terminalResponse, toHex(body), about);
      t.expect.equal("merchant of the row", row.IDMER, page.IDMER, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-632-02",
    suite: "payment",
    purpose: "A negative answer of the terminal is logged with its code and the merchant's identifier",
    requirements: ["PAY-BASE-632"],
    owner: "server",
    needs: { cards: ["specimen"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-632" };
      const { page, events } = await refusedPayment(t);
      const logged = theLog(t, events, "payment-server", "terminal-response", about);
      const at = { ...about, at: logged };
      t.expect.equal("IDMER of the log entry", logged.fields.IDMER, page.IDMER, at);
      t.expect.equal("IDTRX of the log entry", logged.IDTRX, page.IDTRX, at);
      t.expect.equal("CC of the log entry", logged.fields.CC, "9404", at);
    },
  }),
];
