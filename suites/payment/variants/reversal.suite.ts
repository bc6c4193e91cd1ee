/** [0106]: a transaction that does not complete is reversed within its terminal, and touches no other there. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { encodeMessage } from "../../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { at, inElement } from "../support/alter.ts";
import { cancel, confirm, debitCard, firstTerminal, identifierOf, initialise, issue } from "../support/direct.ts";
import { type Accounts, expectMoved, expectNextPurchaseWorks, readAccounts, suspendedCount } from "../support/money.ts";
import { allOf, apdusOn, logsOf, theLog, theMessage, thePage } from "../support/observe.ts";
import { cardResponse } from "../support/signatures.ts";
import { hasBoxForEachTerminal, nestedPurchases, riseOf } from "./early.suite.ts";
import { type Figure, family, figureOf } from "./figures.ts";
import { notice, outcomeOf, response, session } from "./session.ts";
import { buy, expectBooked, expectNothingReleased, needing, recordsOf, siteOf } from "./variant.ts";

const DEBIT_IEP = 0x54;
const DEBIT_COMMAND = 0xeb;
const DEBIT_RESPONSE = 0xec;
const NOTICE = 0xe0;
const S2_AT = 45;

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
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-05`,
      suite: "payment",
      purpose: "A debit whose answer was lost is taken back but kept, and completed when the card's answer is found",
      requirements: [...figure.requirements.reversed, "AMB-RECOVERY"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "235", "234", "236", "line"], logs: ["merchant"] }),
      async run(t) {
        const about = { requirement: figure.requirements.reversed[0] };
        const before = await readAccounts(t);
        const fault = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: DEBIT_RESPONSE,
          act: () => "lose-link",
          what: "the cable breaks as the card's answer leaves",
        });
        const seen = await buy(t, figure);
        fault[Symbol.dispose]();
        t.expect.equal("answers that were lost", fault.hits, 1);
        t.expect.oneOf("how the purchase ended", seen.outcome.CC, ["A019", "A010", "A01A"], about);
        expectNothingReleased(t, seen, about);
        const { IDTRX, MPDA } = thePage(t, seen).page;
        await expectBooked(t, IDTRX, "unresolved", "open", about);
        const cancels = allOf(seen, "line", "t-cancel").map(({ message }) => [message.IDTRX, message.MODE]);
        t.expect.equal("reversals, with their mode", cancels, [[IDTRX, 1]], about);
        const kept = await readAccounts(t);
        t.expect.equal("transactions kept", suspendedCount(kept) - suspendedCount(before), 1, about);
        t.expect.money(before.purse, kept.purse, -MPDA, about);
        await expectTakenBack(t, figure, before, seen, ["0000", "A01D"]);
        await expectCompletedLate(t, before, seen);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const codes = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
        t.expect.equal("codes of the records", codes, ["0000", "A01D", "0000"], about);
        t.expect.equal(
          "transactions kept in the end",
          suspendedCount(await readAccounts(t)) - suspendedCount(before),
          0,
        );
      },
    }),
  ),
  ...[figureOf("FIG6"), figureOf("FIG7")].map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-06`,
      suite: "payment",
      purpose:
        "Where head end and notice stay away the payment server reverses, keeps the transaction, and counts no sale unproven",
      requirements: [...figure.requirements.reversed, "AMB-REVERSAL"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "line"], database: true }),
      async run(t) {
        const about = { requirement: "AMB-REVERSAL" };
        const before = await readAccounts(t);
        const faults = [NOTICE, DEBIT_RESPONSE].map((message) =>
          t.system.disturb({
            ...{ link: "236", from: "head-end", message, what: "the head end is cut off from the payment server" },
            act: () => "lose-link",
          }),
        );
        const seen = await buy(t, figure);
        for (const fault of faults) fault[Symbol.dispose]();
        t.expect.equal("notices that were lost", faults[0]?.hits, 1, about);
        t.expect.completed(seen, about);
        const { IDTRX, MPDA } = thePage(t, seen).page;
        await expectBooked(t, IDTRX, "unresolved", "released", about);
        await expectTakenBack(t, figure, before, seen, ["0000", "A01D"]);
        const { CARDRSP, SW } = theMessage(t, seen, "cable", "debit-response").message;
        const late = encodeMessage({ kind: "debit-response", IDTRX, CARDRSP, SW, RECOVERED: 1 });
        const answers = await t.system.paymentSession([late]);
        t.expect.equal("answer to the card's word, brought late", answers.map(outcomeOf), ["debit-result"], about);
        expectMoved(t, before, await readAccounts(t), MPDA, about);
        await expectBooked(t, IDTRX, "confirmed", "released", about);
      },
    }),
  ),
  ...[figureOf("FIG6"), figureOf("FIG7")].map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-07`,
      suite: "payment",
      purpose: "A notice that is lost leaves no merchant unpaid: the head end brings the card's answer once more",
      requirements: [...figure.requirements.reversed, "AMB-REVERSAL"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "line"], database: true }),
      async run(t) {
        const about = { requirement: "AMB-REVERSAL" };
        const before = await readAccounts(t);
        using fault = t.system.disturb({
          ...{ link: "236", from: "head-end", message: NOTICE, what: "the notice is lost with its channel" },
          act: () => "lose-link",
        });
        const seen = await buy(t, figure);
        t.expect.equal("notices that were lost", fault.hits, 1, about);
        t.expect.completed(seen, about);
        const { IDTRX, MPDA } = thePage(t, seen).page;
        expectMoved(t, before, await readAccounts(t), MPDA, about);
        await expectBooked(t, IDTRX, "confirmed", "released", about);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const codes = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
        t.expect.equal("newest record of the transaction", codes.at(-1), "0000", about);
      },
    }),
  ),
  ...[figureOf("FIG6"), figureOf("FIG7")].map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-08`,
      suite: "payment",
      purpose:
        "When the time for the notice is over the payment server reverses; a notice that comes then is made good",
      requirements: [...figure.requirements.reversed, "AMB-REVERSAL"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "line"], database: true, boxes: 1 }),
      async run(t) {
        const about = { requirement: "AMB-REVERSAL" };
        const before = await readAccounts(t);
        const since = t.system.events().at(-1)?.n;
        const rows: (string | undefined)[] = [];
        const totals = new Map(before.totals);
        const wait = async () => {
          await untilTimeIsOver(t);
          const { IDTRX, IDTERM } = theMessage(t, t.system.events(since), "line", "t-debit").message;
          rows.push((await t.system.transaction(IDTRX))?.status);
          totals.set(IDTERM, await t.system.readTotals(IDTERM));
        };
        using watch = t.system.when({ link: "236", from: "head-end", message: NOTICE }, wait);
        const seen = await buy(t, figure);
        t.expect.equal("notices that were held back", watch.hits, 1);
        t.expect.completed(seen, about);
        t.expect.equal("the transaction when the time is over", rows, ["unresolved"], about);
        expectRise(t, before, { ...before, totals }, [0, 0], about);
        const { IDTRX, MPDA } = thePage(t, seen).page;
        expectMoved(t, before, await readAccounts(t), MPDA, about);
        await expectBooked(t, IDTRX, "confirmed", "released", about);
      },
    }),
  ),
];

/** Two waits for another set-top box whose order is lost are longer than the payment server's for a head end (`messages.md` 9). */
async function untilTimeIsOver(t: CaseContext): Promise<void> {
  const [box] = await t.system.boxes(1);
  using _lost = t.system.disturb({
    ...{
      link: "cable",
      from: "set-top-box",
      message: 0xe1,
      times: 2,
      what: "the order of another set-top box is lost",
    },
    act: () => [],
  });
  for (let wait = 1; wait <= 2; wait++) await t.expect.present("another set-top box", box).purchase();
}

function expectRise(
  t: CaseContext,
  before: Accounts,
  after: Accounts,
  due: readonly [sum: number, count: number],
  about: About,
): void {
  t.expect.equal("rise of the totals, sum and number", riseOf(before, after), due, about);
}

/** PSAM totals as before, and the transaction's records say so. The card may have been debited all the same. */
async function expectTakenBack(
  t: CaseContext,
  figure: Figure,
  before: Accounts,
  seen: PurchaseObservation,
  codes: readonly string[],
): Promise<void> {
  const about = { requirement: figure.requirements.reversed.at(-1) ?? "" };
  const after = await readAccounts(t);
  expectMoved(t, before, { ...after, purse: before.purse }, 0, about);
  const { IDTERM, IDTRX } = theMessage(t, seen, "line", "t-debit").message;
  const found = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
  t.expect.equal("codes of the records", found, codes, about);
}

/** The set-top box brings the card's answer: paid and released once, without another debit. */
async function expectCompletedLate(t: CaseContext, before: Accounts, seen: PurchaseObservation): Promise<void> {
  const about = { requirement: "AMB-RECOVERY" };
  const { IDTRX, MPDA } = thePage(t, seen).page;
  const recovered = t.expect.present("recovery by the set-top box", await t.system.recover(), about);
  t.expect.completed(recovered, about);
  t.expect.equal("debit commands for the card", apdusOn(recovered, "235", DEBIT_IEP).length, 0, about);
  t.expect.equal("releases", logsOf(recovered, "merchant", "item-released").length, 1, about);
  expectMoved(t, before, await readAccounts(t), MPDA, about);
  await expectBooked(t, IDTRX, "confirmed", "released", about);
}
