/** FIG 4, steps 614 and 616: the payment server gets a debit command from a security card and sends it to the head end. */
import { toHex } from "../../harness/core/bytes.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { parseDebitData } from "../../harness/protocol/messages/debit-data.ts";
import { encodeMessage, parseMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { initialise } from "./support/direct.ts";
import { expectConserved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { apdusOn, logsOf, messagesOn, theLog, theMessage, thePage } from "./support/observe.ts";
import { drawRequestOf, orderItem, refusedByCard, theAnswer } from "./support/payment.ts";
import { expectedS2 } from "./support/signatures.ts";

/** Bytes of DEBITDATA in front of S2. */
const SIGNED = 45;

function before(t: CaseContext, what: string, first: RecordedEvent, second: RecordedEvent, requirement: string): void {
  t.expect.that(first.n < second.n, what, { requirement, at: first, actual: `events ${first.n} and ${second.n}` });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-614-01",
    suite: "payment",
    purpose: "Each draw request gets a debit command that a security card made for it, with a signature over this card",
    requirements: ["PAY-BASE-614-a", "PAY-BASE-614-c"],
    owner: "server",
    needs: { secretKeyCard: true, cards: ["specimen"], keys: true },
    async run(t) {
      const issued = new Set<string>();
      for (const round of ["first", "second"]) {
        await t.step(`${round} draw request`, async () => {
          const about = { requirement: "PAY-BASE-614-a" };
          const page = await orderItem(t);
          const card = await initialise(t);
          const answers = await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
          const { IDTRX, DEBITDATA } = theAnswer(t, answers[0], "debit-command", about);
          t.expect.equal("IDTRX of the debit command", IDTRX, page.IDTRX, about);
          const command = parseDebitData(DEBITDATA);
          t.expect.that(command.ok, "DEBITDATA is a debit command of 53 bytes", { ...about, actual: toHex(DEBITDATA) });
          if (!command.ok) return;
          const { PPPSAM, IDPSAM, NTPSAM, MPDA, CURRPDA, CEXPPDA } = command.value;
          t.expect.equal("IDTRX inside of DEBITDATA", command.value.IDTRX, page.IDTRX, about);
          t.expect.equal("MPDA of the debit command", MPDA, page.MPDA, about);
          t.expect.equal("CURRPDA of the debit command", CURRPDA, page.CURRPDA, about);
          t.expect.equal("CEXPPDA of the debit command", CEXPPDA, page.CEXPPDA, about);
          const number = `${PPPSAM} ${IDPSAM} ${NTPSAM}`;
          t.expect.that(!issued.has(number), "the security card gave this debit command a number of its own", {
            ...about,
            actual: number,
          });
          issued.add(number);
          const S2 = expectedS2(t, card, DEBITDATA);
          t.expect.equal("S2 of the debit command", command.value.S2, S2, { requirement: "PAY-BASE-614-c" });
        });
      }
    },
  }),
  defineCase({
    id: "PAY-614-02",
    suite: "payment",
    purpose: "The thread that answered a draw request is there until its transaction has ended",
    requirements: ["PAY-BASE-614-b", "PS-0041-c"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const page = await orderItem(t);
      const card = await initialise(t);
      const answers = await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
      theAnswer(t, answers[0], "debit-command", { requirement: "PS-0041-c" });
      const result = theAnswer(t, answers[1], "debit-result", { requirement: "PAY-BASE-614-b" });
      t.expect.equal("IDTRX of the debit result", result.IDTRX, page.IDTRX, { requirement: "PAY-BASE-614-b" });
    },
  }),
  defineCase({
    id: "PAY-614-03",
    suite: "payment",
    purpose: "A terminal's answer without the security card's signature is not accepted as a debit command",
    requirements: ["PAY-BASE-614-c"],
    owner: "server",
    needs: { cards: ["specimen"], links: ["236", "line"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-614-c" };
      const accounts = await readAccounts(t);
      const disturbance = t.system.disturb({
        link: "line",
        from: "terminal",
        message: 0xf2,
        times: 1,
        act: withoutSignature,
        what: "T-debit whose DEBITDATA ends before S2",
      });
      const seen = await t.system.purchase();
      disturbance[Symbol.dispose]();
      t.expect.equal("T-debits that were cut short", disturbance.hits, 1);
      const commands = messagesOn(seen, "236", "payment-server").filter(({ bytes }) => bytes[0] === 0xeb);
      t.expect.equal("debit commands for the head end", commands.length, 0, { ...about, at: commands[0] });
      const refusal = theMessage(t, seen, "236", "refusal", about);
      t.expect.matches("CC of the refusal", refusal.message.CC, /^(?!0000)/, about);
      theLog(t, seen, "payment-server", "draw-request-refused", about);
      const after = await readAccounts(t);
      t.expect.money(accounts.purse, after.purse, 0, about);
      t.expect.equal("amount in suspense", expectConserved(t, accounts, after, about), 0, about);
      await expectNextPurchaseWorks(t, accounts, about);
    },
  }),
  defineCase({
    id: "PAY-614-04",
    suite: "payment",
    purpose: "Debit command and signature reach head end and database byte for byte as the security card made them",
    requirements: ["PAY-BASE-614-c", "PAY-BASE-616-a"],
    owner: "server",
    needs: { links: ["236", "line"], database: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-614-c" };
      const seen = await t.system.purchase();
      const { IDTRX } = thePage(t, seen).page;
      const made = theMessage(t, seen, "line", "t-debit", about).message.DEBITDATA;
      const [issued] = apdusOn(seen, "SAM", 0x72);
      if (issued?.response) {
        const own = toHex(issued.response.bytes.subarray(0, -2));
        t.expect.equal("DEBITDATA of the terminal", toHex(made), own, { ...about, owner: "terminal" });
      }
      const sent = theMessage(t, seen, "236", "debit-command", { requirement: "PAY-BASE-616-a" });
      t.expect.equal("debit command that was sent", toHex(sent.message.DEBITDATA), toHex(made), {
        requirement: "PAY-BASE-616-a",
        at: sent.event,
      });
      const row = t.expect.present("row of the transaction", await t.system.transaction(IDTRX), about);
      t.expect.equal("debit command in the database", row.debitCommand, toHex(made), about);
    },
  }),
  defineCase({
    id: "PAY-616-01",
    suite: "payment",
    purpose: "Debit command and signature are sent to the head end in one message",
    requirements: ["PAY-BASE-616-a"],
    owner: "server",
    needs: { links: ["236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-616-a" };
      const seen = await t.system.purchase();
      const talk = messagesOn(seen, "236");
      const draw = talk.findIndex(({ bytes }) => bytes[0] === 0xea);
      const response = talk.findIndex(({ bytes }) => bytes[0] === 0xec);
      const answers = talk.slice(draw + 1, response < 0 ? undefined : response);
      t.expect.equal("messages between draw request and debit response", answers.length, 1, {
        ...about,
        at: answers[0],
      });
      const command = theMessage(t, answers, "236", "debit-command", about);
      const { DEBITDATA } = command.message;
      t.expect.equal("bytes of DEBITDATA, 8 of them the signature", DEBITDATA.length, SIGNED + 8, about);
      const S2 = DEBITDATA.subarray(SIGNED);
      t.expect.that(
        S2.some((byte) => byte !== 0),
        "the signature is in the message",
        { ...about, actual: toHex(S2) },
      );
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-616-02",
    suite: "payment",
    purpose: "The debit command is in the payment server's database and log when it is sent",
    requirements: ["PAY-BASE-616-b"],
    owner: "server",
    needs: { links: ["236"], database: true, logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-616-b" };
      const stored: { status: string; debitCommand: string | null }[] = [];
      const watch = t.system.when({ link: "236", from: "payment-server", message: 0xeb }, async () => {
        const row = (await t.system.transactions()).at(-1);
        if (row) stored.push(row);
      });
      const seen = await t.system.purchase();
      watch[Symbol.dispose]();
      const { event, message } = theMessage(t, seen, "236", "debit-command", about);
      const row = t.expect.present("row at the moment of sending", stored[0], { ...about, at: event });
      t.expect.equal("debit command in the row", row.debitCommand, toHex(message.DEBITDATA), { ...about, at: event });
      t.expect.equal("status in the row", row.status, "debit-sent", { ...about, at: event });
      const logged = theLog(t, seen, "payment-server", "debit-command-sent", about);
      before(t, "the debit command is logged no later than it is sent", logged, event, "PAY-BASE-616-b");
      const { page } = thePage(t, seen);
      t.expect.equal("IDTRX of the log entry", logged.IDTRX, page.IDTRX, { ...about, at: logged });
      const parsed = parseDebitData(message.DEBITDATA);
      const NTPSAM = parsed.ok ? parsed.value.NTPSAM : undefined;
      t.expect.equal("NTPSAM of the log entry", logged.fields.NTPSAM, NTPSAM, { ...about, at: logged });
      t.expect.equal("MPDA of the log entry", logged.fields.MPDA, page.MPDA, { ...about, at: logged });
      t.expect.equal("log entries about it", logsOf(seen, "payment-server", "debit-command-sent").length, 1, about);
      t.expect.completed(seen, about);
    },
  }),
];

/** The T-debit with DEBITDATA cut off where S2 begins; lengths made to fit. */
function withoutSignature(bytes: Uint8Array): Uint8Array {
  const message = parseMessage(bytes);
  if (message.kind !== "t-debit") return bytes;
  const whole = encodeMessage({ ...message, DEBITDATA: new Uint8Array(53) });
  // the element is the last one: DF 25 35 and 53 bytes; its length and that of the template shrink by 8
  const cut = bytes.slice(0, -8);
  cut[whole.length - 54] = SIGNED;
  cut[1] = (cut[1] ?? 0) - 8;
  return cut;
}
