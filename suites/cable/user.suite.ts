/** FIG 16, steps 1102 to 1110: what the user of the cable provider's shop sees and does until the payment begins. */
import type { RoleName } from "../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, defineCase } from "../define/case.ts";
import { amountPattern, readableText } from "../payment/support/merchant-site.ts";
import { apdusOn, logsOf, messagesOn, theMessage } from "../payment/support/observe.ts";
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
    needs: needing({ cards: ["specimen"], swiftHand: true, links: ["cable"] }),
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
];

function onScreen(seen: PurchaseObservation, from: RoleName): readonly MessageEvent[] {
  return messagesOn(seen, "ui", from);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
