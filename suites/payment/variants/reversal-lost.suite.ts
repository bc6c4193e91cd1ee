/** [0106]: what is reversed because the card's answer, or the word that it was compared, has been lost; and how it is made good. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import { encodeMessage } from "../../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { type Accounts, expectMoved, readAccounts, suspendedCount } from "../support/money.ts";
import { allOf, apdusOn, logsOf, theMessage, thePage } from "../support/observe.ts";
import { type Figure, family, figureOf } from "./figures.ts";
import { expectRise, expectTakenBack } from "./reversed.ts";
import { outcomeOf } from "./session.ts";
import { buy, expectBooked, expectNothingReleased, needing, recordsOf } from "./variant.ts";

const DEBIT_IEP = 0x54;
const DEBIT_RESPONSE = 0xec;
const NOTICE = 0xe0;

/** Where the payment server learns from a notice that the signature was compared elsewhere. */
const NOTIFYING = [figureOf("FIG6"), figureOf("FIG7")];

export const cases: readonly Case[] = [
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
  ...NOTIFYING.map((figure) =>
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
        const { before, seen, IDTRX, MPDA } = await buyUnnoticed(t, figure, [NOTICE, DEBIT_RESPONSE]);
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
  ...NOTIFYING.map((figure) =>
    defineCase({
      id: `PAY-${figure.id}-REVERSAL-07`,
      suite: "payment",
      purpose: "A notice that is lost leaves no merchant unpaid: the head end brings the card's answer once more",
      requirements: [...figure.requirements.reversed, "AMB-REVERSAL"],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "line"], database: true }),
      async run(t) {
        const about = { requirement: "AMB-REVERSAL" };
        const { before, seen, IDTRX, MPDA } = await buyUnnoticed(t, figure, [NOTICE]);
        expectMoved(t, before, await readAccounts(t), MPDA, about);
        await expectBooked(t, IDTRX, "confirmed", "released", about);
        const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
        const codes = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
        t.expect.equal("newest record of the transaction", codes.at(-1), "0000", about);
      },
    }),
  ),
  ...NOTIFYING.map((figure) =>
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

/** A purchase that completes while these messages of the head end are lost, each with its channel to the payment server. */
async function buyUnnoticed(t: CaseContext, figure: Figure, messages: readonly number[]) {
  const about = { requirement: "AMB-REVERSAL" };
  const before = await readAccounts(t);
  const [notices, ...others] = messages.map((message) =>
    t.system.disturb({
      ...{ link: "236", from: "head-end", message, what: "the head end is cut off from the payment server" },
      act: () => "lose-link",
    }),
  );
  const seen = await buy(t, figure);
  for (const fault of [notices, ...others]) fault?.[Symbol.dispose]();
  t.expect.equal("notices that were lost", notices?.hits, 1, about);
  t.expect.completed(seen, about);
  const { IDTRX, MPDA } = thePage(t, seen).page;
  return { before, seen, IDTRX, MPDA };
}

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
