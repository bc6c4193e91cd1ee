/** FIG 4, steps 617, 621 and 622 ([0081], [0083]): debit command and debit response on their way through head end and set-top box. */
import { toHex } from "../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { readAccounts } from "./support/money.ts";
import { apdusOn, theLog, theMessage, thePage } from "./support/observe.ts";
import { rawHex } from "./support/raw.ts";
import { expectRefusalSettled, refusedDebit } from "./support/refused-debit.ts";

const DEBIT_IEP = 0x54;
const DEBIT_RESPONSE = 0xec;

/** The card's answer to DEBIT IEP on link 235. */
function debitAnswer(t: CaseContext, seen: PurchaseObservation) {
  const answers = apdusOn(seen, "235", DEBIT_IEP);
  t.expect.equal("number of DEBIT IEP commands", answers.length, 1, { owner: "server" });
  const response = t.expect.present("the card's answer to DEBIT IEP", answers[0]?.response);
  return { response, CARDRSP: toHex(response.bytes.subarray(0, -2)), SW: toHex(response.bytes.subarray(-2)) };
}

/** The debit response on that link is what the card answered, and of this transaction. */
function expectAsAnswered(t: CaseContext, seen: PurchaseObservation, link: "cable" | "236", requirement: string): void {
  const { CARDRSP, SW } = debitAnswer(t, seen);
  const { event } = theMessage(t, seen, link, "debit-response", { requirement });
  const about = { requirement, at: event };
  t.expect.equal("template of the message", event.bytes[0], DEBIT_RESPONSE, about);
  t.expect.equal(`CARDRSP on link ${link}`, rawHex(t, event, "CARDRSP", about), CARDRSP, about);
  t.expect.equal(`SW on link ${link}`, rawHex(t, event, "SW", about), SW, about);
  t.expect.equal(`IDTRX on link ${link}`, rawHex(t, event, "IDTRX", about), thePage(t, seen).page.IDTRX, about);
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-617-01",
    suite: "payment",
    purpose: "The head end passes the debit command on to the set-top box unchanged",
    requirements: ["PAY-BASE-617"],
    owner: "server",
    needs: { links: ["236", "cable"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-617" };
      const seen = await t.system.purchase();
      const received = theMessage(t, seen, "236", "debit-command").message;
      const { event, message } = theMessage(t, seen, "cable", "debit-command", about);
      t.expect.equal("IDTRX on the cable link", message.IDTRX, received.IDTRX, { ...about, at: event });
      t.expect.equal("DEBITDATA on the cable link", toHex(message.DEBITDATA), toHex(received.DEBITDATA), {
        ...about,
        at: event,
      });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-621-01",
    suite: "payment",
    purpose: "The set-top box sends the card's success message and signature to the head end as the card gave them",
    requirements: ["PAY-BASE-621"],
    owner: "server",
    needs: { links: ["235", "cable", "234"] },
    async run(t) {
      const seen = await t.system.purchase();
      expectAsAnswered(t, seen, "cable", "PAY-BASE-621");
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-621-02",
    suite: "payment",
    purpose: "A card that refuses to debit makes no success message: its status word goes to the head end",
    requirements: ["PAY-BASE-621"],
    owner: "server",
    needs: { links: ["235", "cable", "234"] },
    async run(t) {
      const before = await readAccounts(t);
      const seen = await refusedDebit(t);
      expectAsAnswered(t, seen, "cable", "PAY-BASE-621");
      await expectRefusalSettled(t, seen, before);
    },
  }),
  defineCase({
    id: "PAY-622-01",
    suite: "payment",
    purpose: "The head end sends success message and card signature to the payment server as the card gave them",
    requirements: ["PAY-BASE-622-a"],
    owner: "server",
    needs: { links: ["235", "236", "234"] },
    async run(t) {
      const seen = await t.system.purchase();
      expectAsAnswered(t, seen, "236", "PAY-BASE-622-a");
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-622-02",
    suite: "payment",
    purpose:
      "The result of a debit that the card refused is not turned into a success on the way to the payment server",
    requirements: ["PAY-BASE-622-a"],
    owner: "server",
    needs: { links: ["235", "cable", "236", "234"] },
    async run(t) {
      const before = await readAccounts(t);
      const seen = await refusedDebit(t);
      expectAsAnswered(t, seen, "236", "PAY-BASE-622-a");
      await expectRefusalSettled(t, seen, before);
    },
  }),
  defineCase({
    id: "PAY-622-03",
    suite: "payment",
    purpose: "The head end logs a debit of the card, with its transaction and result",
    requirements: ["PAY-BASE-622-b"],
    owner: "server",
    needs: { links: ["235", "234"], logs: ["head-end"] },
    async run(t) {
      const seen = await t.system.purchase();
      const { CARDRSP, SW } = debitAnswer(t, seen);
      const entry = theLog(t, seen, "head-end", "card-debit-result", { requirement: "PAY-BASE-622-b" });
      const about = { requirement: "PAY-BASE-622-b", at: entry };
      t.expect.equal("IDTRX of the entry", entry.IDTRX, thePage(t, seen).page.IDTRX, about);
      t.expect.equal("CC of the entry", entry.fields.CC, CARDRSP.slice(0, 4), about);
      t.expect.equal("SW of the entry", entry.fields.SW, SW, about);
      t.expect.equal("whether the entry says debited", entry.fields.debited, true, about);
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-622-04",
    suite: "payment",
    purpose: "The head end logs a refused debit too, as not debited",
    requirements: ["PAY-BASE-622-b"],
    owner: "server",
    needs: { links: ["235", "cable", "234"], logs: ["head-end"] },
    async run(t) {
      const before = await readAccounts(t);
      const seen = await refusedDebit(t);
      const { SW } = debitAnswer(t, seen);
      const entry = theLog(t, seen, "head-end", "card-debit-result", { requirement: "PAY-BASE-622-b" });
      const about = { requirement: "PAY-BASE-622-b", at: entry };
      t.expect.equal("IDTRX of the entry", entry.IDTRX, thePage(t, seen).page.IDTRX, about);
      t.expect.equal("SW of the entry", entry.fields.SW, SW, about);
      t.expect.equal("whether the entry says debited", entry.fields.debited, false, about);
      await expectRefusalSettled(t, seen, before);
    },
  }),
];
