/** [0041], [0088], [0091], [0092]: several transactions at once, each with a terminal of its own. */
import { toHex } from "../../harness/core/bytes.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { parseMessage } from "../../harness/protocol/messages/message.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { initialise } from "./support/direct.ts";
import { expectMoved, readAccounts } from "./support/money.ts";
import { allOf, logsOf, theLog, theMessage, thePage } from "./support/observe.ts";
import {
  drawRequestOf,
  during,
  failedPayment,
  orderItem,
  refusedByCard,
  terminalLink,
  theAnswer,
} from "./support/payment.ts";

/** `count` payments at the same moment, of sales of their own; the card refuses each, so that no money moves. */
async function paymentsAtOnce(t: CaseContext, count: number) {
  const pages: PaymentPage[] = [];
  for (let index = 0; index < count; index++) pages.push(await orderItem(t));
  const card = await initialise(t);
  const pay = async (page: PaymentPage) => ({
    page,
    answers: await t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]),
  });
  const { value, events } = await during(t, () => Promise.all(pages.map(pay)));
  return { payments: value, events };
}

/** Terminal and transaction of each T-draw, from then until the terminal has done with it. */
function occupations(events: readonly RecordedEvent[], link: "LAN" | "line") {
  const kinds = ["t-result", "t-refusal", "t-done"] as const;
  const ends = kinds.flatMap((kind) => allOf<(typeof kinds)[number]>(events, link, kind));
  return allOf(events, link, "t-draw").map(({ event, message: { IDTERM, IDTRX } }) => {
    const end = ends.find(({ message }) => message.IDTRX === IDTRX);
    return { IDTERM, IDTRX, from: event.n, to: end?.event.n ?? Number.POSITIVE_INFINITY };
  });
}

/** No terminal had a T-draw while another transaction was open on it. */
function expectOneAtATime(t: CaseContext, events: readonly RecordedEvent[], about: About): void {
  const all = occupations(events, terminalLink(t).link);
  for (const [index, one] of all.entries()) {
    const other = all.slice(index + 1).find(({ IDTERM, from }) => IDTERM === one.IDTERM && from < one.to);
    t.expect.that(other === undefined, `terminal ${one.IDTERM} gets no second transaction while ${one.IDTRX} is open`, {
      ...about,
      at: other?.from,
      actual: other?.IDTRX ?? "none",
    });
  }
}

/** The debit command is of that very sale, and made by the security card of the terminal that was chosen for it. */
async function expectOwnCommand(
  t: CaseContext,
  page: PaymentPage,
  answer: Uint8Array | null | undefined,
  events: readonly RecordedEvent[],
) {
  const about = { requirement: "PS-0041-a" };
  const { IDTRX, DEBITDATA } = theAnswer(t, answer, "debit-command", about);
  t.expect.equal("IDTRX of the debit command", IDTRX, page.IDTRX, about);
  t.expect.equal("IDTRX inside of the debit command", toHex(DEBITDATA.subarray(29, 45)), page.IDTRX, about);
  const draw = allOf(events, terminalLink(t).link, "t-draw").find(({ message }) => message.IDTRX === page.IDTRX);
  const { IDTERM } = t.expect.present("T-draw of the transaction", draw, { requirement: "PS-0029-a" }).message;
  const { IDPSAM } = await t.system.readTotals(IDTERM);
  t.expect.equal("security card that made it", toHex(DEBITDATA.subarray(3, 7)), IDPSAM, { requirement: "PS-0029-a" });
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-POOL-01",
    suite: "payment",
    purpose:
      "As many transactions as there are terminals run at once, each on a terminal and with a security card of its own",
    requirements: ["PS-0041-a", "PS-0041-d", "PS-0091-d", "PS-0091-f", "PS-0029-a"],
    owner: "server",
    needs: { cards: ["specimen"], links: ["line"] },
    async run(t) {
      const terminals = t.system.terminals();
      const { payments, events } = await paymentsAtOnce(t, terminals.length);
      expectOneAtATime(t, events, { requirement: "PS-0041-d" });
      for (const { page, answers } of payments) {
        await expectOwnCommand(t, page, answers[0], events);
        const { IDTRX } = theAnswer(t, answers[1], "debit-result", { requirement: "PS-0041-a" });
        t.expect.equal("IDTRX of the debit result", IDTRX, page.IDTRX, { requirement: "PS-0041-a" });
      }
      const used = occupations(events, terminalLink(t).link).map(({ IDTERM }) => IDTERM);
      for (const IDTERM of used) {
        t.expect.oneOf("terminal of a transaction", IDTERM, terminals, { requirement: "PS-0091-d" });
      }
      const cards = new Set<string>();
      for (const IDTERM of terminals) cards.add((await t.system.readTotals(IDTERM)).IDPSAM);
      t.expect.equal("different security cards", cards.size, terminals.length, { requirement: "PS-0029-a" });
    },
  }),
  defineCase({
    id: "PAY-POOL-02",
    suite: "payment",
    purpose:
      "One transaction more than there are terminals waits for a free one, or is refused; it never gets a busy one",
    requirements: ["PS-0041-d", "PS-0091-f"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const about = { requirement: "PS-0091-f" };
      const count = t.system.terminals().length + 1;
      const { payments, events } = await paymentsAtOnce(t, count);
      expectOneAtATime(t, events, { requirement: "PS-0041-d" });
      const outcomes = payments.map(({ answers }) => outcomeOf(answers[0]));
      for (const outcome of outcomes)
        t.expect.oneOf("answer to a draw request", outcome, ["debit-command", "A007"], about);
      const served = outcomes.filter((outcome) => outcome === "debit-command").length;
      t.expect.that(served >= count - 1, "every terminal serves somebody", { ...about, actual: outcomes });
    },
  }),
  defineCase({
    id: "PAY-POOL-03",
    suite: "payment",
    purpose: "While a purchase is under way another head end is served, and neither notices the other",
    requirements: ["PS-0041-a"],
    owner: "server",
    needs: { cards: ["specimen"], links: ["236", "235"] },
    async run(t) {
      const about = { requirement: "PS-0041-a" };
      const before = await readAccounts(t);
      const page = await orderItem(t);
      const card = await initialise(t);
      let other: Promise<readonly (Uint8Array | null)[]> | undefined;
      const start = () => {
        other ??= t.system.paymentSession([drawRequestOf(page, card), refusedByCard(page.IDTRX)]);
      };
      const watch = t.system.when({ link: "235", from: "set-top-box", message: 0x54 }, start);
      const seen = await t.system.purchase();
      watch[Symbol.dispose]();
      const own = thePage(t, seen).page;
      const command = theMessage(t, seen, "236", "debit-command", about).message;
      t.expect.equal("transaction of the purchase's debit command", command.IDTRX, own.IDTRX, about);
      const inside = toHex(command.DEBITDATA.subarray(29, 45));
      t.expect.equal("transaction inside of it", inside, own.IDTRX, about);
      const answers = await t.expect.present("the other session", other, about);
      if (outcomeOf(answers[0]) !== "A007") {
        const theirs = theAnswer(t, answers[0], "debit-command", about);
        t.expect.equal("transaction of the other debit command", theirs.IDTRX, page.IDTRX, about);
        const theirData = toHex(theirs.DEBITDATA.subarray(29, 45));
        t.expect.equal("transaction inside of the other", theirData, page.IDTRX, about);
      }
      t.expect.completed(seen, about);
      expectMoved(t, before, await readAccounts(t), own.MPDA, about);
    },
  }),
  defineCase({
    id: "PAY-POOL-04",
    suite: "payment",
    purpose: "A terminal is free for others once the confirmation of its transaction has been sent",
    requirements: ["PS-0088-a"],
    owner: "server",
    needs: { cards: ["specimen"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0088-a" };
      const rounds = t.system.terminals().length + 1;
      for (let round = 1; round <= rounds; round++) {
        const page = await orderItem(t);
        const card = await initialise(t);
        const messages = [drawRequestOf(page, card), refusedByCard(page.IDTRX)];
        const { value, events } = await during(t, () => t.system.paymentSession(messages));
        theAnswer(t, value[0], "debit-command", about);
        theAnswer(t, value[1], "debit-result", about);
        const confirmed = theLog(t, events, "payment-server", "confirmation-sent", about);
        const released = theLog(t, events, "payment-server", "terminal-released", about);
        const selected = theLog(t, events, "payment-server", "terminal-selected", about);
        const at = { ...about, at: released };
        t.expect.equal("terminal that is released", released.fields.IDTERM, selected.fields.IDTERM, at);
        t.expect.that(confirmed.n < released.n, "it is released after the confirmation", at);
      }
    },
  }),
  defineCase({
    id: "PAY-POOL-05",
    suite: "payment",
    purpose: "A payment server that has just started has exactly the terminals of its list in its pool",
    requirements: ["PS-0091-e"],
    owner: "server",
    needs: { cards: ["specimen"], restart: ["payment-server"], logs: ["payment-server"] },
    async run(t) {
      const about = { requirement: "PS-0091-e" };
      await t.system.restart("payment-server");
      const terminals = [...t.system.terminals()].sort();
      const { payments, events } = await paymentsAtOnce(t, terminals.length);
      const chosen = logsOf(events, "payment-server", "terminal-selected").map(({ fields }) => String(fields.IDTERM));
      t.expect.equal("terminals that were chosen", [...new Set(chosen)].sort(), terminals, about);
      for (const { answers } of payments) theAnswer(t, answers[0], "debit-command", about);
      await failedPayment(t, await orderItem(t));
    },
  }),
];

/** Kind of the payment server's answer, or the code of its refusal. */
function outcomeOf(answer: Uint8Array | null | undefined): string {
  if (!answer) return "no answer";
  const message = parseMessage(answer);
  return message.kind === "refusal" ? message.CC : message.kind;
}
