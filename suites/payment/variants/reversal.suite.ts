/** [0106]: a transaction that the card refuses is reversed within its terminal, and touches no other there. */
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { at, inElement } from "../support/alter.ts";
import { cancel, confirm, debitCard, firstTerminal, identifierOf, initialise, issue } from "../support/direct.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts, suspendedCount } from "../support/money.ts";
import { allOf, theLog, theMessage, thePage } from "../support/observe.ts";
import { cardResponse } from "../support/signatures.ts";
import { hasBoxForEachTerminal, nestedPurchases, riseOf } from "./early.suite.ts";
import { type Figure, family } from "./figures.ts";
import { expectRise, expectTakenBack } from "./reversed.ts";
import { notice, outcomeOf, response, session } from "./session.ts";
import { buy, expectBooked, expectNothingReleased, needing, recordsOf, siteOf } from "./variant.ts";

const DEBIT_COMMAND = 0xeb;
const S2_AT = 45;

/** How a merchant learns of a card's refusal: by a negative confirmation, or, where it compares itself, not at all. */
const SALE_OF_REFUSED = { FIG5: "failed", FIG6: "failed", FIG7: "open" } as const satisfies Record<
  Figure["id"],
  string
>;

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-01`,
      suite: "payment",
      purpose:
        "A debit that the card refused is taken back within the terminal for good: totals and store are as before",
      requirements: [...figure.requirements.reversed, ...figure.requirements.unequal],
      owner: "server",
      needs: needing(figure, { links: ["cable", "235", "234", "line"], logs: ["payment-server", "merchant"] }),
      async run(t) {
        const about = { requirement: figure.requirements.reversed[0] };
        const before = await readAccounts(t);
        using fault = damageSignature(t);
        const seen = await buy(t, figure);
        t.expect.equal("debit commands that were damaged", fault.hits, 1);
        t.expect.refused(seen, ["9302", "9404"], about);
        const { IDTRX } = thePage(t, seen).page;
        const cancels = allOf(seen, "line", "t-cancel");
        const asked = cancels.map(({ message }) => [message.IDTRX, message.MODE]);
        t.expect.equal("reversals, with their mode", asked, [[IDTRX, 0]], { ...about, at: cancels[0]?.event });
        const done = allOf(seen, "line", "t-done").map(({ message }) => [message.IDTRX, message.CC]);
        t.expect.equal("the terminal's answer", done, [[IDTRX, "0000"]], about);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const entry = theLog(t, seen, "payment-server", "transaction-reversed", about);
        t.expect.equal("what the log says of it", entry.fields, { IDTERM, CC: "0000" }, { ...about, at: entry });
        expectNothingReleased(t, seen, about);
        await expectBooked(t, IDTRX, "failed", SALE_OF_REFUSED[figure.id], about);
        await expectTakenBack(t, figure, before, seen, ["0000", "A01D"]);
        await expectNextPurchaseWorks(t, before, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-02`,
      suite: "payment",
      purpose: "A refusal that the card has signed is judged by the security card, which takes its total back",
      requirements: [...figure.requirements.reversed, "AMB-CARD-INSUFF"],
      owner: "server",
      needs: needing(figure, { secretKeyCard: true, keys: true, links: ["line"], database: true }),
      async run(t) {
        const about = { requirement: figure.requirements.reversed[0] };
        const before = await readAccounts(t);
        const { answers, events, page } = await session(t, figure, [
          (commanded) => {
            const { offer, DEBITDATA } = commanded;
            const refusal = cardResponse(t, { offer, DEBITDATA, MPDA: commanded.page.MPDA }, "9401");
            return figure.COMPARE === 1 ? response(commanded, refusal) : notice(commanded, refusal, "9401");
          },
        ]);
        const due = figure.COMPARE === 1 ? "debit-result 9404" : "closed";
        t.expect.equal("the payment server's answer", answers.map(outcomeOf), [due], about);
        const judged = allOf(events, "line", "t-result").map(({ message }) => message.CC);
        t.expect.equal("what the terminal says of the card's refusal", judged, ["9404"], about);
        await expectBooked(t, page.IDTRX, "failed", "open", about);
        const after = await readAccounts(t);
        expectMoved(t, before, after, 0, about);
        t.expect.equal("transactions kept", suspendedCount(after) - suspendedCount(before), 0, about);
        const { IDTERM } = theMessage(t, events, "line", "t-debit").message;
        const codes = (await recordsOf(t, IDTERM, page.IDTRX)).map(({ CC }) => CC);
        t.expect.equal("codes of the records", codes, ["0000", "9404"], about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-03`,
      suite: "payment",
      purpose:
        "A reversal goes by its transaction: others that the terminal has issued or open meanwhile are untouched",
      requirements: [...figure.requirements.reversed, ...figure.requirements.freed, "AMB-EARLY-RELEASE"],
      owner: "terminal",
      needs: needing(figure, { cards: ["specimen"] }),
      async run(t) {
        const about = { requirement: "AMB-EARLY-RELEASE" };
        const before = await readAccounts(t);
        const IDTERM = firstTerminal(t);
        const { COMPARE } = figure;
        const offer = await initialise(t);
        const drawn = (k: number, MPDA: number) => ({ IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA });
        const first = await issue(t, { ...drawn(0, 11), COMPARE }, about);
        const second = await issue(t, { ...drawn(1, 13), COMPARE }, about);
        const open = await issue(t, drawn(2, 17), about);
        t.expect.equal("CC of the first one's reversal", await cancel(t, first, "withdraw"), "0000", about);
        const meanwhile = await t.system.readTotals(IDTERM);
        const [sum, count] = riseOf(before, { ...before, totals: new Map(before.totals).set(IDTERM, meanwhile) });
        t.expect.equal("rise of the totals, sum and number", [sum, count], [13, 1], about);
        await confirm(t, open, await debitCard(t, open), about);
        t.expect.equal("CC of a second reversal of it", await cancel(t, first, "withdraw"), "9415", about);
        expectRise(t, before, await readAccounts(t), [13 + 17, 2], about);
        t.expect.equal("CC of the second one's reversal", await cancel(t, second, "withdraw"), "0000", about);
        expectMoved(t, before, await readAccounts(t), 17, about);
        const codes = [];
        for (const { IDTRX } of [first, second, open])
          codes.push((await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC));
        t.expect.equal("codes of their records", codes, [["0000", "A01D"], ["0000", "A01D"], ["0000"]], about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-04`,
      suite: "payment",
      purpose: "The first of several purchases fails when others have used its terminal: it alone is reversed",
      requirements: [...figure.requirements.reversed, "AMB-EARLY-RELEASE"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "235", "234", "line"], boxes: 2 }),
      applies: hasBoxForEachTerminal,
      async run(t) {
        const about = { requirement: figure.requirements.reversed[0] };
        const before = await readAccounts(t);
        using fault = damageSignature(t);
        const { seen, boxes, outcomes, events } = await nestedPurchases(t, siteOf(t, figure));
        t.expect.equal("debit commands that were damaged", fault.hits, 1);
        t.expect.refused(seen, ["9302", "9404"], about);
        t.expect.equal(
          "how the others ended",
          outcomes.map(({ CC }) => CC),
          Array(boxes.length).fill("0000"),
          about,
        );
        const { IDTRX, MPDA } = thePage(t, seen).page;
        const cancels = allOf(events, "line", "t-cancel").map(({ message }) => message.IDTRX);
        t.expect.equal("transactions that are reversed", cancels, [IDTRX], about);
        const after = await readAccounts(t);
        t.expect.samePurse(before.purse, after.purse, about);
        expectRise(t, before, after, [MPDA * boxes.length, boxes.length], about);
        await expectBooked(t, IDTRX, "failed", SALE_OF_REFUSED[figure.id], about);
        for (const outcome of outcomes) await expectBooked(t, outcome.IDTRX ?? "", "confirmed", "released", about);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const codes = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
        t.expect.equal("codes of its records", codes, ["0000", "A01D"], about);
      },
    }),
  ),
];

/** The card refuses the next debit command: S2 is damaged on the cable, in its last bit. */
function damageSignature(t: CaseContext) {
  return t.system.disturb({
    link: "cable",
    from: "head-end",
    message: DEBIT_COMMAND,
    times: 1,
    act: inElement("DEBITDATA", at(S2_AT, 8)),
    what: "S2 of the debit command is damaged, so that the card refuses",
  });
}
