/** FIG 16, steps 1114 to 1118: what the user of the cable provider's shop gets for the payment. */
import { type Case, defineCase } from "../define/case.ts";
import { freshSession } from "../payment/support/card.ts";
import { amountPattern, readableText } from "../payment/support/merchant-site.ts";
import { allOf, apdusOn, logsOf, theMessage } from "../payment/support/observe.ts";
import { buy, itemOf, needing } from "./shop.ts";

const suite = "cable";

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-1114",
    suite,
    purpose:
      "The head end's word that the card was debited names the amount and comes only after debit and confirmation",
    requirements: ["PAY-CABLE-1114-b"],
    owner: "server",
    needs: needing({ links: ["cable", "237", "235"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1114-b" };
      const { ITEM, price, CEXP } = itemOf(t, "goods");
      const seen = await buy(t, { ITEM });
      t.expect.completed(seen, about);
      const told = allOf(seen, "cable", "user-message");
      t.expect.that(told.length <= 1, "the user is told at most once", { ...about, actual: told.length });
      if (!told[0]) t.note("this head end is set up not to report the debit");
      const debit = apdusOn(seen, "235", 0x54)[0]?.response;
      const answered = t.expect.present("the card's answer to DEBIT IEP", debit, about);
      const confirmed = theMessage(t, seen, "237", "debit-result", about).event;
      for (const { event, message } of told) {
        const at = { ...about, at: event };
        t.expect.equal("CC and IDTRX of the message", [message.CC, message.IDTRX], ["0000", seen.outcome.IDTRX], at);
        t.expect.that(event.n > answered.n && event.n > confirmed.n, "it follows debit and confirmation", at);
        t.expect.matches("its text", message.TEXT, amountPattern(price, CEXP), at);
        t.expect.that(seen.outcome.shown.includes(message.TEXT), "it is shown to the user", at);
      }
    },
  }),
  defineCase({
    id: "CAB-1116-01",
    suite,
    purpose: "The user's confirmation comes last: after the payment server's result, its validation and the release",
    requirements: ["PAY-CABLE-1116-a", "PAY-CABLE-0050-g"],
    owner: "server",
    needs: needing({ links: ["cable", "237"], logs: ["head-end"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1116-a" };
      const seen = await buy(t);
      const confirmed = theMessage(t, seen, "237", "debit-result", about).event;
      const [registered] = logsOf(seen, "head-end", "confirmation-registered");
      const valid = t.expect.present("validation in the head end's log", registered, about);
      const [item] = logsOf(seen, "head-end", "item-released");
      const released = t.expect.present("release in the head end's log", item, about);
      const result = theMessage(t, seen, "cable", "result", { requirement: "PAY-CABLE-0050-g" });
      t.expect.equal("CC of the result", result.message.CC, "0000", { ...about, at: result.event });
      const chain = [confirmed.n, valid.n, released.n, result.event.n];
      const sorted = [...chain].sort((left, right) => left - right);
      t.expect.equal("order of result, validation, release, word to the user", chain, sorted, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "CAB-1116-02",
    suite,
    purpose:
      "A receipt names its transaction, the goods, how many, and the amount paid with its unit; so does a film's page",
    requirements: ["PAY-CABLE-1116-b", "PAY-CABLE-0050-h"],
    owner: "server",
    needs: needing(),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1116-b" };
      for (const kind of ["goods", "information"] as const) {
        const { ITEM, title, price, CEXP } = itemOf(t, kind);
        const seen = await buy(t, { ITEM, QUANTITY: 3 });
        t.expect.completed(seen, about);
        const page = readableText(t.expect.present("page for the user", seen.outcome.CONTENT, about));
        t.expect.that(page.includes(seen.outcome.IDTRX ?? "?"), "it names the transaction", { ...about, actual: page });
        t.expect.that(page.includes(title), "it names the goods by their title", { ...about, actual: page });
        t.expect.matches("the amount on it", page, amountPattern(3 * price, CEXP), about);
        t.expect.matches("how many", page, /(?<!\d)3 × /, about);
      }
    },
  }),
  defineCase({
    id: "CAB-1118",
    suite,
    purpose: "After a purchase from the cable provider the card pays at the terminals of Internet merchants as before",
    requirements: ["PAY-CABLE-1118-c"],
    owner: "card",
    needs: needing({ links: ["235"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1118-c" };
      const first = await t.system.readPurse();
      t.expect.completed(await buy(t), about);
      await t.system.resetCard("cold");
      const { fields } = await freshSession(t, about);
      const identity = [fields.PPIEP, fields.IDIEP, fields.ALGIEP, fields.VKIEP, fields.CURRIEP, fields.CEXPIEP];
      const same = [first.PPIEP, first.IDIEP, first.ALGIEP, first.VKIEP, first.CURRIEP, first.CEXPIEP];
      t.expect.equal("what the card is", identity, same, about);
      t.expect.equal("its transaction number", fields.NTIEP, first.NTIEP + 1, about);
      t.expect.completed(await t.system.purchase(), about);
      t.expect.equal("its transaction number after that", (await t.system.readPurse()).NTIEP, first.NTIEP + 2, about);
    },
  }),
];
