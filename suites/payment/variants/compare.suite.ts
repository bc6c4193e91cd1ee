/** 710, 732, 754: one role compares the card's answer with the expected one, and decides. */
import { flipBit } from "../../../harness/core/bytes.ts";
import type { LogEntry, PurchaseObservation } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Change, inElement } from "../support/alter.ts";
import { expectConserved, expectMoved, newDebits, readAccounts, suspendedCount } from "../support/money.ts";
import { allOf, apdusOn, eventsOf, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { type Figure, family } from "./figures.ts";
import { buy, expectBefore, expectBooked, expectNothingReleased, expectPaid, needing, recordsOf } from "./variant.ts";

const DEBIT_IEP = 0x54;
const GET_PREVIOUS = 0x5a;
const COMPLETE = 0x74;
const DEBIT_RESPONSE = 0xec;
/** Bits of CARDRSP: CC 2, NTIEP 2, BALIEP 4, S3 8 bytes. */
const S3_FIRST = 8 * 8;
const S3_LAST = 16 * 8 - 1;
const BALIEP_LAST = 8 * 8 - 1;
const NTIEP_LAST = 4 * 8 - 1;
const CC_LAST = 2 * 8 - 1;

/** Comparisons by whichever role, in order. */
function comparisons(seen: PurchaseObservation): readonly LogEntry[] {
  return eventsOf(seen).filter(
    (event): event is LogEntry => event.kind === "log" && event.entry === "signatures-compared",
  );
}

/** The card's answer as the set-top box passes it on, with one bit inverted; the first so many times. */
async function buyWithBit(t: CaseContext, figure: Figure, bit: number, times?: number) {
  const invert: Change = (CARDRSP) => (CARDRSP.length === 16 ? flipBit(CARDRSP, bit) : CARDRSP);
  using fault = t.system.disturb({
    link: "cable",
    from: "set-top-box",
    message: DEBIT_RESPONSE,
    ...(times === undefined ? {} : { times }),
    act: inElement("CARDRSP", invert),
    what: `bit ${bit} of the card's answer inverted`,
  });
  const seen = await buy(t, figure);
  return { seen, hits: fault.hits };
}

export const cases: readonly Case[] = [
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-01`,
      suite: "payment",
      purpose: `The ${figure.comparer} compares the card's answer with the expected one, once, and nobody else does`,
      requirements: figure.requirements.compared,
      owner: "server",
      needs: needing(figure, { links: ["cable", "235", "234", "SAM"], logs: [figure.comparer] }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const before = await readAccounts(t);
        for (let round = 1; round <= 2; round++) {
          const at = round === 1 ? before : await readAccounts(t);
          const seen = await buy(t, figure);
          const [entry, ...more] = comparisons(seen);
          t.expect.equal("comparisons beside the one", more.length, 0, { ...about, at: more[0] });
          const { role, step, fields, IDTRX, n } = t.expect.present("log entry signatures-compared", entry, about);
          t.expect.equal("who compares", role, figure.comparer, { ...about, at: n });
          t.expect.equal("step of the comparison", step, figure.steps.compared, { ...about, at: n });
          t.expect.equal("what it finds", fields.equal, true, { ...about, at: n });
          t.expect.equal("transaction of it", IDTRX, seen.outcome.IDTRX, { ...about, at: n });
          const answered = theMessage(t, seen, "cable", "debit-response").event;
          expectBefore(t, "it compares what the card has answered", answered, { n }, about);
          t.expect.equal("answers that the security card judges", apdusOn(seen, "SAM", COMPLETE).length, 0, about);
          await expectPaid(t, at, seen, about);
        }
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-02`,
      suite: "payment",
      purpose:
        "An answer that was damaged once is not taken; the card is asked for it again, debited once, and all is well",
      requirements: figure.requirements.compared,
      owner: "server",
      needs: needing(figure, { links: ["cable", "235", "234"], logs: [figure.comparer] }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const before = await readAccounts(t);
        const { seen, hits } = await buyWithBit(t, figure, S3_LAST, 1);
        t.expect.equal("answers that were damaged", hits, 1);
        const found = comparisons(seen).map(({ role, fields }) => [role, fields.equal]);
        const due = [
          [figure.comparer, false],
          [figure.comparer, true],
        ];
        t.expect.equal("what the comparisons find", found, due, about);
        t.expect.equal("debit commands for the card", apdusOn(seen, "235", DEBIT_IEP).length, 1, about);
        t.expect.equal("questions for its last answer", apdusOn(seen, "235", GET_PREVIOUS).length, 1, about);
        const answers = allOf(seen, "cable", "debit-response").map(({ message }) => message.RECOVERED);
        t.expect.equal("RECOVERED of the answers", answers, [0, 1], about);
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-03`,
      suite: "payment",
      purpose:
        "A signature that is wrong in one bit, twice: no confirmation, no goods, and the transaction is reversed",
      requirements: [...figure.requirements.unequal, ...figure.requirements.compared, ...figure.requirements.reversed],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "236", "235", "line"], logs: [figure.comparer, "merchant"] }),
      run: (t) => expectWrongTwice(t, figure, S3_LAST),
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-04`,
      suite: "payment",
      purpose: "All of the answer is compared: the first bit of the signature, the balance and the number as well",
      requirements: [...figure.requirements.unequal, ...figure.requirements.compared, ...figure.requirements.reversed],
      owner: "server",
      needs: needing(figure, {
        links: ["cable", "234", "236", "235", "line"],
        logs: [figure.comparer, "merchant"],
        exhaustive: true,
      }),
      async run(t) {
        for (const bit of [S3_FIRST, BALIEP_LAST, NTIEP_LAST]) {
          await t.step(`bit ${bit}`, () => expectWrongTwice(t, figure, bit));
        }
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-05`,
      suite: "payment",
      purpose: "A completion code that was damaged once turns no debit into a failure",
      requirements: figure.requirements.compared,
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "235"] }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const before = await readAccounts(t);
        const { seen, hits } = await buyWithBit(t, figure, CC_LAST, 1);
        t.expect.equal("answers that were damaged", hits, 1);
        t.expect.equal("debit commands for the card", apdusOn(seen, "235", DEBIT_IEP).length, 1, about);
        await expectPaid(t, before, seen, about);
      },
    }),
  ),
  ...family((figure) =>
    defineCase({
      id: `PAY-${figure.id}-COMPARE-06`,
      suite: "payment",
      purpose: "The answer of another purchase is not the expected one, although it was genuine then",
      requirements: [...figure.requirements.compared, ...figure.requirements.unequal],
      owner: "server",
      needs: needing(figure, { links: ["cable", "234", "235"], logs: [figure.comparer, "merchant"] }),
      async run(t) {
        const about = { requirement: figure.requirements.compared[0] };
        const earlier = await buy(t, figure);
        t.expect.completed(earlier);
        const old = theMessage(t, earlier, "cable", "debit-response").message.CARDRSP;
        const before = await readAccounts(t);
        using fault = t.system.disturb({
          link: "cable",
          from: "set-top-box",
          message: DEBIT_RESPONSE,
          act: inElement("CARDRSP", () => old),
          what: "the card's answer is that of the purchase before",
        });
        const seen = await buy(t, figure);
        t.expect.equal("answers that were replaced", fault.hits, 2, about);
        fault[Symbol.dispose]();
        const found = comparisons(seen).map(({ fields }) => fields.equal);
        t.expect.equal("what the comparisons find", found, [false, false], about);
        t.expect.refused(seen, "A01A", about);
        expectNothingReleased(t, seen, about);
        await expectRecovered(t, figure, before, seen, about);
      },
    }),
  ),
];

/** Wrong both times: nothing confirmed, nothing released, totals and store as before; later the card's own answer settles it. */
async function expectWrongTwice(t: CaseContext, figure: Figure, bit: number): Promise<void> {
  const [requirement] = figure.requirements.unequal;
  const [reversed] = figure.requirements.reversed;
  const before = await readAccounts(t);
  const { seen, hits } = await buyWithBit(t, figure, bit);
  t.expect.equal("answers that were damaged", hits, 2, { requirement });
  const found = comparisons(seen).map(({ role, fields }) => [role, fields.equal]);
  const unequal = [figure.comparer, false];
  t.expect.equal("what the comparisons find", found, [unequal, unequal], { requirement });
  t.expect.refused(seen, "A01A", { requirement });
  expectNothingConfirmed(t, seen, { requirement });
  expectNothingReleased(t, seen, { requirement });
  const { IDTRX } = thePage(t, seen).page;
  await expectBooked(t, IDTRX, "unresolved", "open", { requirement });
  const after = await readAccounts(t);
  t.expect.equal("debits of the card", newDebits(before, after).length, 1, { requirement });
  const restored = { ...after, purse: before.purse };
  expectMoved(t, before, restored, 0, { requirement: reversed });
  t.expect.equal("amounts kept for a late answer", suspendedCount(after) - suspendedCount(before), 1, {
    requirement: reversed,
  });
  const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
  const cancels = allOf(seen, "line", "t-cancel").map(({ message }) => [message.IDTRX, message.MODE]);
  t.expect.equal("reversals", cancels, [[IDTRX, 1]], { requirement: reversed });
  const codes = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
  t.expect.equal("codes of the records", codes, ["0000", "A01D"], { requirement: reversed });
  await expectRecovered(t, figure, before, seen, { requirement: reversed });
}

/** No positive word to the merchant, in whichever form; in FIG 7 it judges for itself. */
function expectNothingConfirmed(t: CaseContext, seen: PurchaseObservation, about: About): void {
  t.expect.equal("debit results on link 236", allOf(seen, "236", "debit-result").length, 0, about);
  const posts = messagesOn(seen, "234", "head-end").map(({ bytes }) => new TextDecoder().decode(bytes));
  const confirmations = posts.filter((text) => /[\n&](clear-)?confirmation=/.test(text));
  t.expect.equal("confirmations for the merchant", confirmations.length, 0, about);
}

/** The card's own answer, which the set-top box has kept, settles it: paid and released, and debited once over all. */
async function expectRecovered(
  t: CaseContext,
  figure: Figure,
  before: Awaited<ReturnType<typeof readAccounts>>,
  seen: PurchaseObservation,
  about: About,
): Promise<void> {
  const { IDTRX, MPDA } = thePage(t, seen).page;
  const recovered = t.expect.present("recovery by the set-top box", await t.system.recover(), about);
  t.expect.completed(recovered, about);
  const after = await readAccounts(t);
  expectMoved(t, before, after, MPDA, about);
  t.expect.equal("amount left in suspense", expectConserved(t, before, after, about), 0, about);
  await expectBooked(t, IDTRX, "confirmed", "released", about);
  const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
  const last = (await recordsOf(t, IDTERM, IDTRX)).at(-1);
  t.expect.equal("newest record of the transaction", last?.CC, "0000", about);
  t.expect.completed(await buy(t, figure), about);
}
