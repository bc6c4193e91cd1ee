/** FIG 4, steps 608 and 609 ([0075]): the card's answers on their way into the draw request. */
import { toHex } from "../../harness/core/bytes.ts";
import { type Case, defineCase } from "../define/case.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, theMessage, thePage } from "./support/observe.ts";
import { initialiseAnswer, rawHex, theDrawRequest } from "./support/raw.ts";
import { expectNoDebit, expectNoDraw } from "./support/stopped.ts";

/** Place of R in INITRSP (card-edge.md 5.2), and bytes that no conversion to text survives. */
const R_OFFSET = 23;
const AWKWARD = [0x00, 0x80, 0xff, 0x0d];

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-608-01",
    suite: "payment",
    purpose: "After a change of cards the card information is that of the card which is in the reader now",
    requirements: ["PAY-BASE-608-a"],
    owner: "server",
    needs: { cards: ["second", "specimen"], links: ["235", "cable", "234"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-608-a" };
      t.expect.completed(await t.system.purchase());
      await t.system.insertCard("second");
      const own = await t.system.readPurse();
      const seen = await t.system.purchase();
      const { event, message } = theMessage(t, seen, "cable", "card-information", about);
      const { INITRSP } = initialiseAnswer(t, seen);
      t.expect.equal("INITRSP of the card information", toHex(message.INITRSP), INITRSP, { ...about, at: event });
      t.expect.equal("card it names (PPIEP, IDIEP)", INITRSP.slice(0, 16), own.PPIEP + own.IDIEP, about);
      t.expect.equal("ATR of the card information", toHex(message.ATR), toHex(own.ATR), { ...about, at: event });
      t.expect.equal("IDTRX of the card information", message.IDTRX, thePage(t, seen).page.IDTRX, about);
      t.expect.completed(seen, about);
      await t.system.insertCard("specimen");
    },
  }),
  defineCase({
    id: "PAY-609-01",
    suite: "payment",
    purpose: "The head end builds the draw request from the card's answers as the set-top box sent them",
    requirements: ["PAY-BASE-609-a"],
    owner: "server",
    needs: { links: ["cable", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-609-a" };
      const seen = await t.system.purchase();
      const { message, event } = theMessage(t, seen, "cable", "card-information");
      const draw = theDrawRequest(t, seen, about);
      t.expect.that(draw.n > event.n, "the draw request follows the card information", { ...about, at: draw });
      t.expect.equal("ATR of the draw request", rawHex(t, draw, "ATR", about), toHex(message.ATR), about);
      t.expect.equal("INITRSP of the draw request", rawHex(t, draw, "INITRSP", about), toHex(message.INITRSP), about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-609-02",
    suite: "payment",
    purpose: "A card that cannot be read gives no card information and no draw request, and the user is told",
    requirements: ["PAY-BASE-609-b"],
    owner: "server",
    needs: { links: ["235", "cable", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-609-b" };
      const before = await readAccounts(t);
      const fault = t.system.disturb({
        link: "235",
        from: "card",
        message: 0x50,
        times: 1,
        act: () => [],
        what: "the card's answer to INITIALIZE IEP is lost",
      });
      const seen = await t.system.purchase();
      t.expect.equal("answers of the card that were withheld", fault.hits, 1);
      t.expect.equal("card information on the cable link", allOf(seen, "cable", "card-information").length, 0, about);
      expectNoDraw(t, seen, about);
      expectNoDebit(t, seen, about);
      t.expect.refused(seen, ["A015", "A016"], about);
      t.expect.that(seen.outcome.shown.length > 1, "the user is told", { ...about, actual: seen.outcome.shown });
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-609-03",
    suite: "payment",
    purpose: "Bytes of the card's answer that are no text reach the payment server without loss",
    requirements: ["PAY-BASE-609-c"],
    owner: "server",
    needs: { links: ["235", "236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-609-c" };
      const before = await readAccounts(t);
      const fault = t.system.disturb({
        link: "235",
        from: "card",
        message: 0x50,
        times: 1,
        act: (answer) => {
          const altered = answer.slice();
          altered.set(AWKWARD, R_OFFSET);
          return altered;
        },
        what: "R of the card is 0080FF0D, so that the answer holds every kind of awkward byte",
      });
      const seen = await t.system.purchase();
      t.expect.equal("answers of the card that were altered", fault.hits, 1);
      const { INITRSP } = initialiseAnswer(t, seen);
      t.expect.matches("the card's answer as the set-top box got it", INITRSP, /0080FF0D$/);
      const draw = theDrawRequest(t, seen, about);
      t.expect.equal("INITRSP of the draw request", rawHex(t, draw, "INITRSP", about), INITRSP, { ...about, at: draw });
      t.expect.equal("amount in suspense", expectConserved(t, before, await readAccounts(t)), 0);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
];
