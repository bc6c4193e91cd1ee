/** 710 to 712, 734 to 736, 752 to 758: the comparing role confirms by itself, and the goods follow. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { agentClearKey, type Confirmation, readClearConfirmation } from "../../../harness/crypto/confirmation.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { readDebitData } from "../../../harness/protocol/messages/debit-data.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { exchangesOf, type HttpExchange, OWN_SESSION, statusPath } from "../support/merchant-site.ts";
import { confOf, openedConfirmation } from "../support/merchant-word.ts";
import { readAccounts } from "../support/money.ts";
import { allOf, logsOf, messagesOn, theLog, theMessage, thePage } from "../support/observe.ts";
import { orderItem } from "../support/payment.ts";
import { family, figureOf } from "./figures.ts";
import { buy, expectBefore, expectBooked, expectPaid, needing, siteOf } from "./variant.ts";

const FIG5 = figureOf("FIG5");
const FIG6 = figureOf("FIG6");
const FIG7 = figureOf("FIG7");

const TOLD = "The user gets information and goods, and the payment server a notice with the card's answer behind that";

/** What the head end posts to the status URL, and the merchant's answer. */
function theProof(t: CaseContext, seen: PurchaseObservation, about: About): HttpExchange {
  const posts = exchangesOf(seen).filter(({ fields }) => fields.has("transaction-id"));
  t.expect.equal("posts to the status URL", posts.length, 1, about);
  return t.expect.present("post to the status URL", posts[0], about);
}

/** What every confirmation of the purchase must say, from the page and the debit command. */
function dueWords(t: CaseContext, seen: PurchaseObservation): Confirmation {
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA } = thePage(t, seen).page;
  const { IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit").message;
  const command = readDebitData(DEBITDATA);
  const { NTPSAM, DTHR } = t.expect.present("debit command", command.ok ? command.value : undefined);
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC: "0000", IDTERM, NTPSAM, DTHR };
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-FIG5-CONFIRM-01",
    suite: "payment",
    purpose:
      "The payment server makes the confirmation itself, with all that belongs in it and no word of the terminal",
    requirements: FIG5.requirements.confirmed,
    owner: "server",
    needs: needing(FIG5, { links: ["234", "236", "line"], keys: true, database: true }),
    async run(t) {
      const about = { requirement: "PAY-ALT1-0098" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG5);
      const { event, message } = theMessage(t, seen, "236", "debit-result", about);
      const { page } = thePage(t, seen);
      const at = { ...about, at: event };
      t.expect.equal(
        "IDTRX and IDMER of the debit result",
        [message.IDTRX, message.IDMER],
        [page.IDTRX, page.IDMER],
        at,
      );
      t.expect.absent("CC of a debit result that is positive", message.CC, at);
      const said = openedConfirmation(t, page, confOf(message), at);
      t.expect.equal("what CONF says", said, dueWords(t, seen), at);
      const response = theMessage(t, seen, "236", "debit-response").event;
      const later = messagesOn(seen, "line").filter(({ n }) => n > response.n);
      t.expect.equal("messages for the terminal after the card's answer", later.length, 0, { ...about, at: later[0] });
      const row = t.expect.present("row", await t.system.transaction(page.IDTRX), about);
      t.expect.absent("answer of the terminal in the row", row.terminalResponse, about);
      const { CARDRSP } = theMessage(t, seen, "236", "debit-response").message;
      t.expect.equal("answer of the card in the row", row.debitResponse?.toUpperCase(), toHex(CARDRSP), about);
      await expectPaid(t, before, seen, about);
    },
  }),
  defineCase({
    id: "PAY-FIG5-CONFIRM-02",
    suite: "payment",
    purpose: "After the comparison come log entries and messages of steps 632 to 640, in their order",
    requirements: FIG5.requirements.delivered,
    owner: "server",
    needs: needing(FIG5, { links: ["234", "236"], logs: ["payment-server", "head-end", "merchant"] }),
    async run(t) {
      const about = { requirement: "PAY-ALT1-712" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG5);
      const { page } = thePage(t, seen);
      const compared = theLog(t, seen, "payment-server", "signatures-compared", about);
      const response = theLog(t, seen, "payment-server", "terminal-response", about);
      const at = { ...about, at: response };
      t.expect.equal("step of the logged response", response.step, "632", at);
      t.expect.equal("IDTRX of it", response.IDTRX, page.IDTRX, at);
      const { IDTERM } = dueWords(t, seen);
      t.expect.equal("what it says", response.fields, { IDMER: page.IDMER, IDTERM, CC: "0000" }, at);
      const sent = theLog(t, seen, "payment-server", "confirmation-sent", about);
      t.expect.equal("what the entry of the confirmation says", sent.fields, { IDMER: page.IDMER, CC: "0000" }, about);
      const result = theMessage(t, seen, "236", "debit-result", about);
      const posted = theProof(t, seen, about);
      t.expect.equal(
        "confirmation for the merchant",
        posted.fields.get("confirmation"),
        toHex(confOf(result.message)),
        about,
      );
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      const released = theLog(t, seen, "merchant", "item-released", about);
      const { event: told } = theMessage(t, seen, "cable", "result", about);
      const chain = [compared, response, sent, result.event, posted.request, registered, released, told];
      expectChain(t, chain, about);
      await expectPaid(t, before, seen, about);
    },
  }),
  defineCase({
    id: "PAY-FIG6-CONFIRM-01",
    suite: "payment",
    purpose: "The head end makes the confirmation itself, under the key that merchant and trusted agent share",
    requirements: [...FIG6.requirements.confirmed, ...FIG6.requirements.compared],
    owner: "server",
    needs: needing(FIG6, { links: ["234", "236", "cable", "line"], keys: true, trustedHeadEnd: true }),
    async run(t) {
      const about = { requirement: "PAY-ALT2-734" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG6);
      const posted = theProof(t, seen, about);
      const at = { ...about, at: posted.request };
      const names = [...posted.fields.keys()];
      t.expect.equal("fields of the post", names, ["transaction-id", "clear-confirmation"], at);
      const { IDMER, IDTRX } = thePage(t, seen).page;
      const KTA = t.expect.present("key of the trusted agent", t.keys.agentKey(IDMER), { owner: "bench" });
      const CLEARCONF = posted.fields.get("clear-confirmation") ?? "";
      const said = readClearConfirmation(agentClearKey(KTA, IDTRX), IDMER, IDTRX, fromHex(CLEARCONF));
      t.expect.equal("what it says", said, { ...dueWords(t, seen), IDTERM: "00000000" }, at);
      const answered = theMessage(t, seen, "cable", "debit-response").event;
      expectBefore(t, "it is made after the card has answered", answered, posted.request, about);
      const ofPayment = ["debit-result", "refusal"] as const;
      const others = ofPayment.flatMap((kind) => allOf<(typeof ofPayment)[number]>(seen, "236", kind));
      t.expect.equal("results of the payment server", others.length, 0, about);
      await expectPaid(t, before, seen, about);
    },
  }),
  defineCase({
    id: "PAY-FIG6-CONFIRM-02",
    suite: "payment",
    purpose: "After its comparison the head end logs confirmation, payment and answer, and the user gets the goods",
    requirements: [...FIG6.requirements.delivered, ...FIG6.requirements.confirmed],
    owner: "server",
    needs: needing(FIG6, { links: ["cable", "234"], logs: ["head-end", "merchant"] }),
    async run(t) {
      const about = { requirement: "PAY-ALT2-736" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG6);
      const { page } = thePage(t, seen);
      const answered = theMessage(t, seen, "cable", "debit-response").event;
      const compared = theLog(t, seen, "head-end", "signatures-compared", about);
      const made = theLog(t, seen, "head-end", "confirmation-made", { requirement: "PAY-ALT2-734" });
      t.expect.equal("step and CC of the entry", [made.step, made.fields.CC], ["734", "0000"], { ...about, at: made });
      const posted = theProof(t, seen, about);
      const registered = theLog(t, seen, "merchant", "confirmation-registered", about);
      t.expect.equal("what the merchant registers", registered.fields, { accepted: true, CC: "0000" }, about);
      const released = theLog(t, seen, "merchant", "item-released", about);
      const confirmed = theLog(t, seen, "head-end", "payment-confirmed", about);
      t.expect.equal("step and address of the entry", [confirmed.step, confirmed.fields.url], ["636", page.URL], about);
      const response = theLog(t, seen, "head-end", "merchant-response", about);
      t.expect.equal("status that is logged", response.fields.status, 200, { ...about, at: response });
      const { event: told } = theMessage(t, seen, "cable", "result", about);
      expectChain(t, [answered, compared, made, posted.request, registered, released, response, told], about);
      await expectPaid(t, before, seen, about);
    },
  }),
  defineCase({
    id: "PAY-FIG7-CONFIRM-01",
    suite: "payment",
    purpose: "The head end takes success message, raw answer and sealed expected answer to the merchant as they came",
    requirements: ["PAY-ALT3-752"],
    owner: "server",
    needs: needing(FIG7, { links: ["234", "236", "cable", "235"] }),
    async run(t) {
      const about = { requirement: "PAY-ALT3-752" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG7);
      const { CARDRSP } = theMessage(t, seen, "cable", "debit-response").message;
      const { SEXP } = theMessage(t, seen, "236", "debit-command").message;
      const posted = theProof(t, seen, about);
      const due = {
        "transaction-id": thePage(t, seen).page.IDTRX,
        "card-response": toHex(CARDRSP),
        "expected-signature": toHex(t.expect.present("SEXP of the payment server", SEXP)),
      };
      const fields = Object.fromEntries([...posted.fields].map(([name, value]) => [name, value.toUpperCase()]));
      t.expect.equal("what is posted", fields, due, { ...about, at: posted.request });
      await expectPaid(t, before, seen, about);
    },
  }),
  defineCase({
    id: "PAY-FIG7-CONFIRM-02",
    suite: "payment",
    purpose:
      "The merchant confirms to itself what it has compared, registers that, and delivers, with nobody's further word",
    requirements: [...FIG7.requirements.confirmed, ...FIG7.requirements.delivered, "PAY-ALT3-754-a"],
    owner: "server",
    needs: needing(FIG7, { links: ["cable", "234"], logs: ["merchant", "head-end"] }),
    async run(t) {
      const about = { requirement: "PAY-ALT3-756" };
      const before = await readAccounts(t);
      const seen = await buy(t, FIG7);
      const posted = theProof(t, seen, about);
      t.expect.equal("the merchant's answer to it", posted.status, 200, { ...about, at: posted.response });
      const compared = theLog(t, seen, "merchant", "signatures-compared", { requirement: "PAY-ALT3-754-a" });
      t.expect.equal("what it finds", compared.fields.equal, true, { requirement: "PAY-ALT3-754-a", at: compared });
      const registered = theLog(t, seen, "merchant", "confirmation-registered", { requirement: "PAY-ALT3-758" });
      t.expect.equal("step of the registration", registered.step, "638", { ...about, at: registered });
      t.expect.equal(
        "what is registered",
        registered.fields,
        { accepted: true, CC: "0000" },
        { ...about, at: registered },
      );
      const released = theLog(t, seen, "merchant", "item-released", about);
      const response = t.expect.present("the merchant's answer", posted.response);
      const { event: told, message } = theMessage(t, seen, "cable", "result", { requirement: "PAY-ALT3-758" });
      const chain = [posted.request, compared, registered, released, response, told];
      expectChain(t, chain, { requirement: "PAY-ALT3-758" });
      t.expect.equal("what the user gets", message.CONTENT, posted.body, { requirement: "PAY-ALT3-758" });
      t.expect.equal("confirmations by the head end", logsOf(seen, "head-end", "confirmation-made").length, 0, about);
      await expectPaid(t, before, seen, about);
    },
  }),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-CONFIRM-03`,
      suite: "payment",
      purpose: figure.id === "FIG5" ? "The user gets information and goods like anybody who pays as in FIG 4" : TOLD,
      requirements: figure.requirements.delivered,
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236"], database: true }),
      async run(t) {
        const about = { requirement: figure.requirements.delivered[0] };
        for (const { ITEM, title } of t.facts.catalogue.filter(({ SITE }) => SITE === siteOf(t, figure))) {
          const before = await readAccounts(t);
          const seen = await buy(t, figure, { ITEM });
          await expectPaid(t, before, seen, about);
          const CONTENT = t.expect.present("what the user gets", seen.outcome.CONTENT, about);
          t.expect.that(CONTENT.includes(title), `it names "${title}"`, { ...about, actual: CONTENT.slice(0, 200) });
          if (figure.id === "FIG5") continue;
          const { event, message } = theMessage(t, seen, "236", "notice", about);
          const { CARDRSP, SW } = theMessage(t, seen, "cable", "debit-response").message;
          const due = { kind: "notice", IDTRX: seen.outcome.IDTRX, CC: "0000", CARDRSP: toHex(CARDRSP), SW };
          t.expect.equal("the notice", { ...message, CARDRSP: toHex(message.CARDRSP) }, due, { ...about, at: event });
          const answered = t.expect.present("the merchant's answer", theProof(t, seen, about).response, about);
          expectBefore(t, "the merchant has answered before", answered, event, about);
          await expectBooked(t, message.IDTRX, "confirmed", "released", about);
        }
      },
    }),
  ),
  ...[FIG6, FIG7].map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-CONFIRM-04`,
      suite: "payment",
      purpose: "What has released one item releases nothing a second time, nor at another sale of the same price",
      requirements: figure.requirements.delivered,
      owner: "server",
      needs: needing(figure, { links: ["234"] }),
      async run(t) {
        const about = { requirement: figure.requirements.delivered[0] };
        const seen = await buy(t, figure);
        t.expect.completed(seen, about);
        const { page } = thePage(t, seen);
        const { fields } = theProof(t, seen, about);
        const SITE = siteOf(t, figure);
        const post = async (IDTRX: string, path: string) => {
          const form = new URLSearchParams(fields);
          form.set("transaction-id", IDTRX);
          const request = { method: "POST", path, body: form.toString(), session: OWN_SESSION } as const;
          return (await t.system.http(SITE, request)).status;
        };
        t.expect.equal("the merchant's answer to it again", await post(page.IDTRX, statusPath(page)), 409, about);
        const other = await orderItem(t, { SITE });
        t.expect.equal("price of another sale", other.MPDA, page.MPDA);
        t.expect.equal("the answer for another sale", await post(other.IDTRX, statusPath(other)), 403, about);
        t.expect.equal("the other sale", (await t.system.sale(other.IDTRX))?.status, "open", about);
      },
    }),
  ),
];

/** Each came after the one before. */
function expectChain(t: CaseContext, events: readonly { readonly n: number }[], about: About): void {
  for (const [index, event] of events.entries()) {
    const next = events[index + 1];
    if (next)
      expectBefore(t, `number ${index + 2} of ${events.length} comes after number ${index + 1}`, event, next, about);
  }
}
