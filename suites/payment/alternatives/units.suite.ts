/** Currencies without decimals and with three, and value that is no money: exact amounts, and texts that name the unit. */
import { toHex } from "../../../harness/core/bytes.ts";
import type { CardKind, Order } from "../../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import { readableText } from "../support/merchant-site.ts";
import { expectMoved, readAccounts } from "../support/money.ts";
import { allOf, messagesOn, theMessage, thePage } from "../support/observe.ts";
import { drawRequests, rawHex } from "../support/raw.ts";

const suite = "payment";

interface Unit {
  readonly id: string;
  readonly card: CardKind;
  readonly CURR: string;
  readonly CEXP: number;
  /** As people write it behind the number. */
  readonly name: string;
}

const UNITS: readonly Unit[] = [
  { id: "YEN", card: "yen", CURR: "0392", CEXP: 0, name: "JPY" },
  { id: "DINAR", card: "dinar", CURR: "0414", CEXP: 3, name: "KWD" },
  { id: "POINTS", card: "points", CURR: "0999", CEXP: 0, name: "points" },
];

function itemIn(t: CaseContext, { CURR, CEXP }: Unit) {
  const found = t.facts.catalogue.find((item) => item.CURR === CURR && item.CEXP === CEXP);
  return t.expect.present(`an item in currency ${CURR}`, found, { owner: "bench" });
}

function sells({ CURR, CEXP }: Unit): NonNullable<Case["applies"]> {
  return ({ facts }) =>
    facts.catalogue.some((item) => item.CURR === CURR && item.CEXP === CEXP) || `nothing is sold in currency ${CURR}`;
}

/** 2500 of three decimals are "2.500 KWD". */
function amountIn({ CEXP, name }: Unit, minor: number): string {
  const digits = String(minor).padStart(CEXP + 1, "0");
  const point = digits.length - CEXP;
  return `${digits.slice(0, point)}${CEXP > 0 ? `.${digits.slice(point)}` : ""} ${name}`;
}

export const cases: readonly Case[] = [
  ...UNITS.map((unit) =>
    defineCase({
      id: `PAY-UNITS-${unit.id}-01`,
      suite,
      purpose: `A purchase in ${unit.name} moves exactly its price, in that currency alone, on every link and in every record`,
      requirements: ["PAY-BASE-606-g", "PAY-BASE-0077-k", "PSAM-0094-e", "UI-514-a"],
      owner: "server",
      needs: { cards: ["specimen", unit.card], links: ["234", "236", "235"], database: true },
      applies: sells(unit),
      async run(t) {
        const { CURR, CEXP } = unit;
        const { SITE, ITEM, price } = itemIn(t, unit);
        await t.system.insertCard(unit.card);
        const before = await readAccounts(t);
        t.expect.equal("currency of the card", [before.purse.CURRIEP, before.purse.CEXPIEP], [CURR, CEXP]);
        const seen = await t.system.purchase({ SITE, ITEM, QUANTITY: 3 });
        const total = 3 * price;
        const due = [total, CURR, CEXP];
        const { MPDA, CURRPDA, CEXPPDA } = thePage(t, seen).page;
        t.expect.equal("price on the page", [MPDA, CURRPDA, CEXPPDA], due, { requirement: "PAY-BASE-606-g" });
        const request = t.expect.present("draw request", drawRequests(seen)[0]);
        const drawn = ["MPDA", "CURRPDA", "CEXPPDA"] as const;
        const said = drawn.map((name) => rawHex(t, request, name)).join("");
        const coded = `${total.toString(16).toUpperCase().padStart(8, "0")}${CURR}0${CEXP}`;
        t.expect.equal("amount of the draw request", said, coded, { requirement: "PAY-BASE-0077-k", at: request });
        const { DEBITDATA } = theMessage(t, seen, "236", "debit-command").message;
        t.expect.equal("amount of the debit command", toHex(DEBITDATA.subarray(11, 18)), coded, {
          requirement: "PSAM-0094-e",
        });
        t.expect.completed(seen);
        const after = await readAccounts(t);
        expectMoved(t, before, after, total, { requirement: "UI-514-a" });
        const [entry] = after.purse.log;
        const logged = [entry?.MPDA, entry?.CURRPDA, entry?.CEXPPDA];
        t.expect.equal("newest record of the card", logged, due, { requirement: "UI-514-a" });
        const row = t.expect.present("transaction", await t.system.transaction(seen.outcome.IDTRX ?? ""));
        t.expect.equal("row in the database", [row.MPDA, row.CURRPDA, row.CEXPPDA], due);
        const sale = await t.system.sale(seen.outcome.IDTRX ?? "");
        t.expect.equal("sale", [sale?.MPDA, sale?.CURRPDA, sale?.CEXPPDA, sale?.status], [...due, "released"]);
        await t.system.insertCard("specimen");
      },
    }),
  ),
  ...UNITS.map((unit) =>
    defineCase({
      id: `PAY-UNITS-${unit.id}-02`,
      suite,
      purpose: `The user reads amounts in ${unit.name} with their decimals and their unit: when asked, when debited, on the receipt`,
      requirements: ["UI-510-a", "UI-516-b"],
      owner: "server",
      needs: { cards: ["specimen", unit.card], links: ["234", "cable"] },
      applies: sells(unit),
      async run(t) {
        const { SITE, ITEM, price } = itemIn(t, unit);
        await t.system.insertCard(unit.card);
        const { BALIEP } = await t.system.readPurse();
        const order: Order = { SITE, ITEM, QUANTITY: 3 };
        const seen = await t.system.purchase(order);
        t.expect.completed(seen);
        const total = amountIn(unit, 3 * price);
        const about = { requirement: "UI-510-a" };
        const page = readableText(new TextDecoder().decode(thePage(t, seen).event.bytes));
        t.expect.that(page.includes(total), `the merchant's page says ${total}`, { ...about, actual: page });
        const screen = messagesOn(seen, "ui", "set-top-box").map(({ bytes }) => new TextDecoder().decode(bytes));
        const pressed = messagesOn(seen, "ui", "user")[0]?.n ?? 0;
        const asked = messagesOn(seen, "ui", "set-top-box").filter(({ n }) => n < pressed);
        const question = asked.some(({ bytes }) => new TextDecoder().decode(bytes).includes(total));
        t.expect.that(question, `the user is asked for ${total}`, { ...about, actual: screen });
        for (const { message, event } of allOf(seen, "cable", "user-message")) {
          t.expect.that(message.TEXT.includes(total), `the user is told of ${total}`, {
            ...about,
            at: event,
            actual: message.TEXT,
          });
        }
        const left = amountIn(unit, BALIEP - 3 * price);
        const balances = screen.filter((text) => /balance/i.test(text));
        t.expect.that(
          balances.every((text) => text.includes(left)),
          `a balance on the screen is ${left}`,
          {
            ...about,
            actual: balances,
          },
        );
        const receipt = readableText(seen.outcome.CONTENT ?? "");
        t.expect.that(receipt.includes(total), `the receipt says ${total}`, {
          requirement: "UI-516-b",
          actual: receipt,
        });
        await t.system.insertCard("specimen");
      },
    }),
  ),
  ...UNITS.map((unit) =>
    defineCase({
      id: `PAY-UNITS-${unit.id}-03`,
      suite,
      purpose: `A card with euros pays nothing that is priced in ${unit.name}, whatever the numbers are`,
      requirements: ["PAY-BASE-0077-k"],
      owner: "server",
      needs: { cards: ["specimen", unit.card], links: ["236", "235"] },
      applies: sells(unit),
      async run(t) {
        const about = { requirement: "PAY-BASE-0077-k" };
        const { SITE, ITEM } = itemIn(t, unit);
        const before = await readAccounts(t);
        const seen = await t.system.purchase({ SITE, ITEM });
        t.expect.refused(seen, "A013", about);
        t.expect.equal("draw requests", drawRequests(seen).length, 0, about);
        expectMoved(t, before, await readAccounts(t), 0, about);
        t.expect.completed(await t.system.purchase(), about);
      },
    }),
  ),
];
