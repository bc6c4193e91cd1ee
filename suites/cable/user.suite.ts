/** FIG 16, steps 1102 to 1118: what the user of the cable provider's shop sees and does. */
import type { RoleName } from "../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, defineCase } from "../define/case.ts";
import { freshSession } from "../payment/support/card.ts";
import { amountPattern, readableText } from "../payment/support/merchant-site.ts";
import { allOf, apdusOn, logsOf, messagesOn, theMessage } from "../payment/support/observe.ts";
import { expectNoDebit } from "../payment/support/stopped.ts";
import { buy, expectSold, itemOf, needing, readShop, thePage, theShop } from "./shop.ts";

const suite = "cable";

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-1102",
    suite,
    purpose: "A card that holds value already pays the cable provider at once, without a load before",
    requirements: ["PAY-CABLE-1102-b"],
    owner: "server",
    needs: needing({ links: ["235"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1102-b" };
      const before = await readShop(t);
      const { price } = itemOf(t);
      t.expect.that(before.purse.BALIEP >= price, "the card holds the price", { actual: before.purse.BALIEP });
      const seen = await buy(t);
      t.expect.completed(seen, about);
      const loads = apdusOn(seen, "235", 0x50).filter(({ command }) => command.bytes[2] === 0x00);
      t.expect.equal("loads on the way to the purchase", loads.length, 0, about);
      await expectSold(t, before, seen, price, about);
    },
  }),
  defineCase({
    id: "CAB-1104",
    suite,
    purpose: "The user is served by the head end itself: no remote merchant is asked for the page or for the goods",
    requirements: ["PAY-CABLE-1104", "PAY-CABLE-0034-a", "HE-0037-a"],
    owner: "server",
    needs: needing({ links: ["cable", "234", "236"], logs: ["head-end", "merchant"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1104" };
      const { IDMER, origin } = theShop(t);
      const seen = await buy(t);
      const asked = messagesOn(seen, "234");
      t.expect.equal("messages on the link to merchants", asked.length, 0, { ...about, at: asked[0] });
      const served = messagesOn(seen, "236");
      t.expect.equal("messages on the link to the merchants' payment server", served.length, 0, {
        requirement: "PAY-CABLE-0034-a",
        at: served[0],
      });
      const { message, event } = thePage(t, seen, about);
      t.expect.equal("whose page it is", [message.IDMER, new URL(message.URL).origin], [IDMER, origin], {
        ...about,
        at: event,
      });
      const made = logsOf(seen, "head-end", "transaction-created").map(({ IDTRX }) => IDTRX);
      t.expect.equal("sales that the head end logs", made, [message.IDTRX], { requirement: "HE-0037-a" });
      const elsewhere = seen.events.filter((entry) => entry.kind === "log" && entry.role === "merchant");
      t.expect.equal("entries in merchants' logs", elsewhere.length, 0, { requirement: "PAY-CABLE-0034-a" });
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "CAB-1106",
    suite,
    purpose: "The card may be put in before the user comes to the shop, before the selection is shown, or after it",
    requirements: ["PAY-CABLE-1106"],
    owner: "reader",
    needs: needing({ cards: ["specimen"], links: ["cable"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1106" };
      await t.step("before", async () => t.expect.completed(await buy(t), about));
      await t.step("while the page is on its way", async () => {
        await t.system.removeCard();
        using inserted = t.system.when({ link: "cable", from: "head-end", message: 0xe2 }, () =>
          t.system.insertCard("specimen"),
        );
        t.expect.completed(await buy(t), about);
        t.expect.equal("insertions", inserted.hits, 1);
      });
      await t.step("after the total was accepted", async () => {
        await t.system.removeCard();
        let inserted: Promise<void> | undefined;
        const decide = () => {
          inserted = t.system.insertCard("specimen");
          return "accept" as const;
        };
        const seen = await buy(t, { decide });
        await inserted;
        t.expect.completed(seen, about);
      });
    },
  }),
  defineCase({
    id: "CAB-1108-01",
    suite,
    purpose:
      "What the user has selected, and as many of it, is what the head end sells, takes the money for and records",
    requirements: ["PAY-CABLE-1108-a", "PAY-CABLE-1114-a"],
    owner: "server",
    needs: needing({ links: ["cable"], logs: ["head-end"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1108-a" };
      const { SITE } = theShop(t);
      const orders = t.facts.catalogue
        .filter((item) => item.SITE === SITE)
        .map((item, k) => ({ item, QUANTITY: k + 2 }));
      t.expect.that(orders.length >= 2, "the shop sells two things", { owner: "bench", actual: orders.length });
      for (const { item, QUANTITY } of orders) {
        const { ITEM, title, price } = item;
        const before = await readShop(t);
        const seen = await buy(t, { ITEM, QUANTITY });
        const { message, event } = theMessage(t, seen, "cable", "selection", about);
        const selected = [message.SITE, message.ITEM, message.QUANTITY, message.PAYMENT];
        t.expect.equal("selection on the cable", selected, [SITE, ITEM, QUANTITY, 1], { ...about, at: event });
        const sale = t.expect.present("sale", await t.system.sale(seen.outcome.IDTRX ?? ""), about);
        const recorded = [sale.ITEM, sale.QUANTITY, sale.MPDA];
        t.expect.equal("sale at the head end", recorded, [ITEM, QUANTITY, QUANTITY * price], about);
        const page = thePage(t, seen, about);
        t.expect.equal("title on the page", page.message.TEXT, title, { ...about, at: page.event });
        const released = logsOf(seen, "head-end", "item-released").map(({ fields }) => fields.ITEM);
        t.expect.equal("items that the head end releases", released, [ITEM], about);
        await expectSold(t, before, seen, QUANTITY * price, { requirement: "PAY-CABLE-1114-a" });
      }
    },
  }),
  defineCase({
    id: "CAB-1108-02",
    suite,
    purpose: "Films per view and goods of the shopping channel are sold alike: a price, a payment, a film or a receipt",
    requirements: ["PAY-CABLE-1108-b", "HE-0037-a", "HE-0038-a"],
    owner: "server",
    needs: needing({ links: ["cable", "237"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1108-b" };
      for (const kind of ["information", "goods"] as const) {
        const { ITEM, title, price, CURR, CEXP } = itemOf(t, kind);
        const before = await readShop(t);
        const seen = await buy(t, { ITEM });
        const { message, event } = thePage(t, seen, about);
        const { MPDA, CURRPDA, CEXPPDA } = message;
        t.expect.equal(`price of ${title}`, [MPDA, CURRPDA, CEXPPDA], [price, CURR, CEXP], { ...about, at: event });
        const drawn = theMessage(t, seen, "237", "draw-request", { requirement: "HE-0038-a" }).message;
        t.expect.equal(`amount that is drawn for ${title}`, drawn.MPDA, price, { requirement: "HE-0038-a" });
        const content = t.expect.present(`what was bought (${title})`, seen.outcome.CONTENT, {
          requirement: "HE-0037-a",
        });
        const isReceipt = /receipt/i.test(readableText(content));
        t.expect.equal(`${title} comes as a receipt`, isReceipt, kind === "goods", { requirement: "HE-0037-a" });
        await expectSold(t, before, seen, price, { requirement: "HE-0038-a" });
      }
    },
  }),
  defineCase({
    id: "CAB-1110-01",
    suite,
    purpose:
      "The user is shown the head end's total with its unit before agreeing, and that very amount is drawn and debited",
    requirements: ["PAY-CABLE-1110-a", "PAY-CABLE-1114-a"],
    owner: "server",
    needs: needing({ links: ["cable", "235", "237"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1110-a" };
      const { ITEM, price, CURR, CEXP } = itemOf(t, "goods");
      const QUANTITY = 2;
      const total = QUANTITY * price;
      const before = await readShop(t);
      const asked: unknown[] = [];
      const decide = ({ MPDA, CURRPDA, CEXPPDA }: { MPDA: number; CURRPDA: string; CEXPPDA: number }) => {
        asked.push([MPDA, CURRPDA, CEXPPDA]);
        return "accept" as const;
      };
      const seen = await buy(t, { ITEM, QUANTITY, decide });
      const { message, event } = thePage(t, seen, about);
      t.expect.equal("total on the page", message.MPDA, total, { ...about, at: event });
      t.expect.equal("what the user was asked for", asked, [[total, CURR, CEXP]], about);
      const question = onScreen(seen, "set-top-box").find(({ bytes }) => amountPattern(total, CEXP).test(text(bytes)));
      const shown = t.expect.present("the total on the screen", question, about);
      const pressed = t.expect.present("the user's decision", onScreen(seen, "user")[0], about);
      t.expect.that(shown.n < pressed.n, "the total is shown before the user decides", { ...about, at: shown });
      const drawn = theMessage(t, seen, "237", "draw-request", about);
      t.expect.equal("amount of the draw request", drawn.message.MPDA, total, { ...about, at: drawn.event });
      await expectSold(t, before, seen, total, { requirement: "PAY-CABLE-1114-a" });
    },
  }),
  defineCase({
    id: "CAB-1110-02",
    suite,
    purpose: "Selecting a film costs nothing: only the user's consent starts the payment, and a refusal ends it",
    requirements: ["PAY-CABLE-1110-b"],
    owner: "server",
    needs: needing({ links: ["cable", "235", "237"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1110-b" };
      const before = await readShop(t);
      const refused = await buy(t, { decide: () => "cancel" });
      expectNoDebit(t, refused, about);
      t.expect.equal("messages on link 237", messagesOn(refused, "237").length, 0, about);
      t.expect.refused(refused, "A011", about);
      const stop = theMessage(t, refused, "cable", "stop", about);
      t.expect.equal("what the head end hears", stop.message.CC, "A011", { ...about, at: stop.event });
      const seen = await buy(t);
      const pressed = t.expect.present("the user's decision", onScreen(seen, "user")[0], about);
      const commands = messagesOn(seen, "235", "set-top-box");
      const first = t.expect.present("a command to the card", commands[0], about);
      t.expect.that(pressed.n < first.n, "the card is used only after the user has agreed", { ...about, at: first });
      await expectSold(t, before, seen, itemOf(t).price, about);
    },
  }),
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

function onScreen(seen: PurchaseObservation, from: RoleName): readonly MessageEvent[] {
  return messagesOn(seen, "ui", from);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
