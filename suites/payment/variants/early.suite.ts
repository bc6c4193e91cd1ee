/** 710, 732, 754: the security card is free for others as soon as the expected answer has come. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { Box, PurchaseOutcome, TransactionRow } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { type Accounts, confirmedCount, readAccounts } from "../support/money.ts";
import { allOf, logsOf, theLog, theMessage, thePage } from "../support/observe.ts";
import { during, terminalLink } from "../support/payment.ts";
import { family } from "./figures.ts";
import { buy, debitOf, expectBefore, expectBooked, expectPaid, needing, siteOf } from "./variant.ts";

const DEBIT_IEP = 0x54;
const DEBIT_COMMAND = 0xeb;

/**
 * One purchase more than there are terminals, each begun while the card of the one before has its debit command still to
 * come; the last one goes first.
 */
export async function nestedPurchases(t: CaseContext, SITE: string) {
  const boxes = await t.system.boxes(t.system.terminals().length);
  const outcomes: PurchaseOutcome[] = [];
  const waiting: Box[] = [...boxes];
  const next = async () => {
    const outcome = await waiting.shift()?.purchase({ SITE });
    if (outcome) outcomes.push(outcome);
  };
  using watch = t.system.when({ link: "235", from: "set-top-box", message: DEBIT_IEP }, next);
  const { value: seen, events } = await during(t, () => t.system.purchase({ SITE }));
  await t.system.idle();
  t.expect.that(watch.hits > boxes.length, "every card got its debit command while others waited");
  return { seen, events, boxes, outcomes };
}

/** For `applies`. */
export function hasBoxForEachTerminal({ facts }: { readonly facts: CaseContext["facts"] }): true | string {
  const enough = facts.offers.boxes >= facts.terminals.length;
  return enough || "the bench has fewer set-top boxes than terminals";
}

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EARLY-01`,
      suite: "payment",
      purpose: "The terminal is released when its answer has come, before the debit command leaves, and not again",
      requirements: figure.requirements.freed,
      owner: "server",
      needs: needing(figure, { links: ["236", "line"], logs: ["payment-server"] }),
      async run(t) {
        const about = { requirement: figure.requirements.freed.at(-1) ?? "" };
        const seen = await buy(t, figure);
        t.expect.completed(seen, about);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const answered = theMessage(t, seen, terminalLink(t).link, "t-debit", about).event;
        const released = theLog(t, seen, "payment-server", "terminal-released", about);
        t.expect.equal("terminal that is released", released.fields.IDTERM, IDTERM, { ...about, at: released });
        t.expect.equal("releases", logsOf(seen, "payment-server", "terminal-released").length, 1, about);
        expectBefore(t, "it is released after its answer", answered, released, about);
        const command = theMessage(t, seen, "236", "debit-command").event;
        expectBefore(t, "it is released before the debit command leaves", released, command, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EARLY-02`,
      suite: "payment",
      purpose: "What the card has to answer is kept before the terminal serves others, and belongs to this transaction",
      requirements: figure.requirements.freed,
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, links: ["235", "236", "234", "line"], database: true, keys: true }),
      async run(t) {
        const about = { requirement: figure.requirements.freed.at(-1) ?? "" };
        const before = await readAccounts(t);
        let rows: readonly TransactionRow[] = [];
        const look = async () => {
          rows = await t.system.transactions();
        };
        using watch = t.system.when({ link: "236", from: "payment-server", message: DEBIT_COMMAND }, look);
        const seen = await buy(t, figure);
        t.expect.equal("debit commands", watch.hits, 1);
        const { IDTRX, DEBITDATA, due } = debitOf(t, seen, about);
        const row = t.expect.present("row as the debit command leaves", rowOf(rows, IDTRX), about);
        t.expect.equal("status of the row", row.status, "debit-sent", about);
        t.expect.equal("who compares, in the row", row.COMPARE, figure.COMPARE, about);
        t.expect.equal("expected answer in the row", row.expectedResponse?.toUpperCase(), due, about);
        t.expect.equal("debit command in the row", row.debitCommand?.toUpperCase(), toHex(DEBITDATA), about);
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-EARLY-03`,
      suite: "payment",
      purpose: "More purchases than there are terminals wait for their cards at once, and every one of them succeeds",
      requirements: figure.requirements.freed,
      owner: "server",
      needs: needing(figure, { links: ["235", "234", "line"], boxes: 2 }),
      applies: hasBoxForEachTerminal,
      async run(t) {
        const about = { requirement: figure.requirements.freed[0] };
        const before = await readAccounts(t);
        const { seen, events, boxes, outcomes } = await nestedPurchases(t, siteOf(t, figure));
        t.expect.completed(seen, about);
        const codes = outcomes.map(({ CC }) => CC);
        t.expect.equal("how the others ended", codes, Array(boxes.length).fill("0000"), about);
        const after = await readAccounts(t);
        const { MPDA } = thePage(t, seen).page;
        t.expect.money(before.purse, after.purse, -MPDA, about);
        const wanted: Rise = [MPDA * (boxes.length + 1), boxes.length + 1];
        t.expect.equal("rise of the totals, sum and number", riseOf(before, after), wanted, about);
        const draws = allOf(events, "line", "t-debit").map(({ event }) => event);
        t.expect.equal("debit commands of the terminals", draws.length, boxes.length + 1, about);
        const answered = theMessage(t, events, "cable", "debit-response").event;
        for (const event of draws) expectBefore(t, "no terminal waits for a card", event, answered, about);
        for (const { IDTRX = "" } of [seen.outcome, ...outcomes]) {
          await expectBooked(t, IDTRX, "confirmed", "released", about);
        }
      },
    }),
  ),
];

/** Minor units, and how many transactions. */
type Rise = readonly [sum: number, count: number];

/** Of all security cards, whoever issued the cards that paid. */
export function riseOf(before: Accounts, after: Accounts): Rise {
  const sum = ({ totals }: Accounts) => [...totals.values()].flatMap((each) => each.totals.map(({ MTOT }) => MTOT));
  const add = (amounts: readonly number[]) => amounts.reduce((whole, amount) => whole + amount, 0);
  return [add(sum(after)) - add(sum(before)), confirmedCount(after) - confirmedCount(before)];
}

function rowOf(rows: readonly TransactionRow[], IDTRX: string): TransactionRow | undefined {
  return rows.find((row) => row.IDTRX === IDTRX);
}
