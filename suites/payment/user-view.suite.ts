/** Steps 502 to 516: what the user sees and decides at the set-top box. */
import { flipBit } from "../../harness/core/bytes.ts";
import type { RoleName } from "../../harness/core/trace.ts";
import type { MessageEvent, PurchaseObservation } from "../../harness/flows/system.ts";
import {
  encodeInitializeIepCommand,
  parseInitializeIepResponse,
} from "../../harness/protocol/messages/initialize-iep.ts";
import { encodeSelectCommand, parseSelectPurseResponse } from "../../harness/protocol/messages/select-purse.ts";
import { type Case, defineCase } from "../define/case.ts";
import { amountPattern, payableItems, standardItem, theCheckout } from "./support/merchant-site.ts";
import { expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, apdusOn, logsOf, messagesOn, theMessage, thePage } from "./support/observe.ts";

const suite = "payment";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-UI-502",
    suite,
    purpose: "A card that holds value pays at once, without a load before",
    requirements: ["UI-502-b"],
    owner: "server",
    needs: { links: ["235"] },
    async run(t) {
      const about = { requirement: "UI-502-b" };
      const before = await readAccounts(t);
      const { price } = standardItem(t);
      t.expect.that(before.purse.BALIEP >= price, "the card holds the price", { actual: before.purse.BALIEP });
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      const loads = apdusOn(seen, "235", 0x50).filter(({ command }) => command.bytes[2] === 0x00);
      t.expect.equal("loads on the way to the purchase", loads.length, 0, about);
      expectMoved(t, before, await readAccounts(t), price, about);
    },
  }),
  defineCase({
    id: "PAY-UI-506",
    suite,
    purpose: "The card may be put in before the user browses, meanwhile, or after the total was accepted",
    requirements: ["UI-506"],
    owner: "reader",
    needs: { cards: ["specimen"], swiftHand: true, links: ["cable"] },
    async run(t) {
      const about = { requirement: "UI-506" };
      await t.step("before", async () => t.expect.completed(await t.system.purchase(), about));
      await t.step("while the page is on its way", async () => {
        await t.system.removeCard();
        using inserted = t.system.when({ link: "cable", from: "head-end", message: 0xe2 }, () =>
          t.system.insertCard("specimen"),
        );
        t.expect.completed(await t.system.purchase(), about);
        t.expect.equal("insertions", inserted.hits, 1);
      });
      await t.step("after the total was accepted", async () => {
        await t.system.removeCard();
        let inserted: Promise<void> | undefined;
        const decide = () => {
          inserted = t.system.insertCard("specimen");
          return "accept" as const;
        };
        const seen = await t.system.purchase({ decide });
        await inserted;
        t.expect.completed(seen, about);
      });
    },
  }),
  defineCase({
    id: "PAY-UI-508",
    suite,
    purpose: "Everything that the user has selected is ordered, shown, paid and recorded: three pieces are three",
    requirements: ["UI-508"],
    owner: "server",
    needs: { links: ["cable", "234"] },
    async run(t) {
      const about = { requirement: "UI-508" };
      const item = payableItems(t.facts).at(-1) ?? standardItem(t);
      const seen = await t.system.purchase({ SITE: item.SITE, ITEM: item.ITEM, QUANTITY: 3 });
      const { event, message } = theMessage(t, seen, "cable", "selection", about);
      t.expect.equal("number in the selection", message.QUANTITY, 3, { ...about, at: event });
      const { fields, request } = theCheckout(t, seen, about);
      t.expect.equal("number at the merchant's site", fields.get("quantity"), "3", { ...about, at: request });
      t.expect.equal("total", thePage(t, seen, about).page.MPDA, 3 * item.price, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-UI-510-01",
    suite,
    purpose: "The user sees the merchant's total and agrees to it before the card is asked for anything",
    requirements: ["UI-510-a", "UI-510-b"],
    owner: "server",
    needs: { links: ["234", "235"] },
    async run(t) {
      const { SITE, ITEM, price, CEXP } = payableItems(t.facts).find((item) => item.price > 9) ?? standardItem(t);
      const asked: number[] = [];
      const decide = ({ MPDA }: { readonly MPDA: number }) => {
        asked.push(MPDA);
        return "accept" as const;
      };
      const seen = await t.system.purchase({ SITE, ITEM, decide });
      t.expect.equal("times that the user was asked, with the total", asked, [price], { requirement: "UI-510-b" });
      const shown = onScreen(seen, "set-top-box").find(({ bytes }) => amountPattern(price, CEXP).test(text(bytes)));
      const total = t.expect.present("total on the screen", shown, { requirement: "UI-510-a" });
      const pressed = t.expect.present("the user's decision", onScreen(seen, "user")[0], { requirement: "UI-510-b" });
      t.expect.that(total.n < pressed.n, "the total is shown before the user decides", { requirement: "UI-510-a" });
      const [first] = messagesOn(seen, "235", "set-top-box");
      const command = t.expect.present("a command to the card", first, { requirement: "UI-510-b" });
      t.expect.that(pressed.n < command.n, "the card is used only after the user has agreed", {
        requirement: "UI-510-b",
        at: command,
      });
      t.expect.equal("total on the page", thePage(t, seen).page.MPDA, price, { requirement: "UI-510-a" });
      t.expect.completed(seen);
    },
  }),
  defineCase({
    id: "PAY-UI-510-02",
    suite,
    purpose:
      "A user who cancels pays nothing: no card is debited, no draw request leaves, and the set-top box is free again",
    requirements: ["UI-510-b", "GEN-0025-b"],
    owner: "server",
    needs: { links: ["cable", "235", "236"] },
    async run(t) {
      const about = { requirement: "GEN-0025-b" };
      const before = await readAccounts(t);
      const seen = await t.system.purchase({ decide: () => "cancel" });
      const debits = apdusOn(seen, "235", 0x54).length;
      t.expect.equal("DEBIT IEP commands", debits, 0, { requirement: "UI-510-b" });
      t.expect.equal("draw requests", allOf(seen, "236", "draw-request").length, 0, about);
      t.expect.refused(seen, "A011", about);
      const { event, message } = theMessage(t, seen, "cable", "stop", about);
      t.expect.equal("what the head end hears", message.CC, "A011", { ...about, at: event });
      if (t.facts.offers.logs.includes("head-end")) {
        const entries = logsOf(seen, "head-end", "transaction-failed").map(({ fields }) => fields.CC);
        t.expect.equal("the head end's log of it", entries, ["A011"], about);
      }
      expectMoved(t, before, await readAccounts(t), 0, { requirement: "UI-510-b" });
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-UI-512",
    suite,
    purpose: "An order is processed by payment server, terminal and security card before anybody confirms it",
    requirements: ["UI-512"],
    owner: "terminal",
    needs: { links: ["cable", "236", "line", "SAM"] },
    async run(t) {
      const about = { requirement: "UI-512" };
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      t.expect.order(seen, ["612", "686", "688", "692", "694", "616", "617"], about);
      t.expect.order(seen, ["622", "624", "626", "628", "634", "641"], about);
    },
  }),
  defineCase({
    id: "PAY-UI-514",
    suite,
    purpose: "A user whose card refused the debit is not told that it was debited",
    requirements: ["UI-514-b"],
    owner: "server",
    needs: { secretKeyCard: true, links: ["cable", "235"] },
    async run(t) {
      const about = { requirement: "UI-514-b" };
      const before = await readAccounts(t);
      const { price, CEXP } = standardItem(t);
      const wrong = t.system.disturb({
        link: "cable",
        from: "head-end",
        message: 0xeb,
        times: 1,
        act: (message) => flipBit(message, message.length * 8 - 1),
        what: "last bit of S2 inverted, so that the card refuses",
      });
      const seen = await t.system.purchase();
      wrong[Symbol.dispose]();
      t.expect.equal("debit commands with a wrong signature", wrong.hits, 1);
      t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 1);
      const told = allOf(seen, "cable", "user-message").filter(({ message }) => message.CC === "0000");
      t.expect.equal("messages of a debit to the set-top box", told.length, 0, about);
      const decided = onScreen(seen, "user")[0]?.n ?? 0;
      for (const { bytes, n } of onScreen(seen, "set-top-box").filter((event) => event.n > decided)) {
        const claims = amountPattern(price, CEXP).test(text(bytes)) && !/\bnot\b/i.test(text(bytes));
        t.expect.that(!claims, "no words of a debit on the screen", { ...about, at: n, actual: text(bytes) });
      }
      t.expect.refused(seen, ["9302", "9404"], about);
      expectMoved(t, before, await readAccounts(t), 0, about);
      await expectNextPurchaseWorks(t, before, about);
    },
  }),
  defineCase({
    id: "PAY-UI-518",
    suite,
    purpose:
      "After a purchase over the network the card answers an ordinary terminal as it did before, one transaction on",
    requirements: ["UI-518-c"],
    owner: "card",
    needs: { links: ["235"] },
    async run(t) {
      const about = { requirement: "UI-518-c" };
      const seen = await t.system.purchase();
      t.expect.completed(seen, about);
      const paid = thePurseThatPaid(seen);
      await t.system.resetCard("cold");
      const selected = await t.system.apdu(encodeSelectCommand());
      t.expect.equal("answer to SELECT", parseSelectPurseResponse(selected).kind, "answer", about);
      const answer = parseInitializeIepResponse(await t.system.apdu(encodeInitializeIepCommand()));
      const fields = answer.kind === "answer" ? answer.value.fields : undefined;
      const now = t.expect.present("answer to INITIALIZE IEP for purchase", fields, about);
      t.expect.equal("purse", [now.PPIEP, now.IDIEP], [paid?.PPIEP, paid?.IDIEP], about);
      t.expect.equal("transaction number", now.NTIEP, (paid?.NTIEP ?? 0) + 1, about);
      t.expect.completed(await t.system.purchase(), about);
    },
  }),
];

/** What the card said of itself when it was initialised for the purchase. */
function thePurseThatPaid(seen: PurchaseObservation) {
  const [pair] = apdusOn(seen, "235", 0x50);
  const answer = pair?.response && parseInitializeIepResponse(pair.response.bytes);
  return answer?.kind === "answer" ? answer.value.fields : undefined;
}

function onScreen(seen: PurchaseObservation, from: RoleName): readonly MessageEvent[] {
  return messagesOn(seen, "ui", from);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
