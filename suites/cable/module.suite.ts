/** [0037], [0049]: the merchant module of the head end, and what it gives to a transaction. */
import { toHex } from "../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import { securityInformation } from "../../harness/crypto/security-information.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { OWN_SESSION, orderPage, readableText, statusPath } from "../payment/support/merchant-site.ts";
import { contractKey } from "../payment/support/merchant-word.ts";
import { allOf, logsOf, messagesOn, theLog } from "../payment/support/observe.ts";
import { initialiseAnswer, rawElements } from "../payment/support/raw.ts";
import { buy, type Item, itemOf, needing, thePage, theShop } from "./shop.ts";

const suite = "cable";

/** Links on which every message of a purchase is one of this transaction. */
const CARRYING: readonly LinkName[] = ["cable", "237", "line"];

/** The head end, as module and as such, and its payment server: what each must log of a sale, by step. */
const LOGGED: readonly (readonly [RoleName, string, string])[] = [
  ["head-end", "transaction-created", "606"],
  ["head-end", "draw-request-sent", "612"],
  ["head-end-payment-server", "draw-request-received", "680"],
  ["head-end-payment-server", "terminal-selected", "682"],
  ["head-end-payment-server", "debit-command-sent", "616"],
  ["head-end", "card-debit-result", "622"],
  ["head-end-payment-server", "debit-response-received", "624"],
  ["head-end-payment-server", "terminal-response", "632"],
  ["head-end-payment-server", "confirmation-sent", "634"],
  ["head-end-payment-server", "terminal-released", "634"],
  ["head-end", "confirmation-registered", "638"],
  ["head-end", "item-released", "640"],
  ["head-end", "payment-confirmed", "636"],
  ["head-end", "merchant-response", "640"],
];

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-0037-01",
    suite,
    purpose: "The head end's module shows, sells, confirms and refuses as a merchant's does, with the same answers",
    requirements: ["HE-0037-b"],
    owner: "server",
    needs: needing(),
    async run(t) {
      const about = { requirement: "HE-0037-b" };
      const item = itemOf(t);
      const page = await orderPage(t, item);
      const catalogue = await ask(t, item, "GET", "/");
      t.expect.equal("status of the catalogue", catalogue.status, 200, about);
      for (const { title } of t.facts.catalogue.filter(({ SITE }) => SITE === item.SITE)) {
        t.expect.that(readableText(catalogue.body).includes(title), `the catalogue has ${title}`, about);
      }
      const status = statusPath(page);
      const order = `item=${item.ITEM}&quantity=1&payment=smart-card`;
      const unknown = `transaction-id=${"5A".repeat(16)}&confirmation=${"5A".repeat(77)}`;
      const forged = `transaction-id=${page.IDTRX}&confirmation=${"5A".repeat(77)}`;
      const due: readonly (readonly [string, "GET" | "POST", string, string, number])[] = [
        ["an item that is not sold", "POST", "/checkout", "item=nothing&quantity=1&payment=smart-card", 404],
        ["no quantity", "POST", "/checkout", `item=${item.ITEM}&payment=smart-card`, 400],
        ["an order by GET", "GET", `/checkout?${order}`, "", 405],
        ["another page", "GET", "/elsewhere", "", 404],
        ["a confirmation of no sale", "POST", status, unknown, 404],
        ["a confirmation that is none", "POST", status, forged, 403],
        ["half a confirmation", "POST", status, `transaction-id=${page.IDTRX}`, 400],
        ["a request without end", "POST", "/checkout", `${order}&more=${"x".repeat(17_000)}`, 413],
      ];
      for (const [what, method, path, body, expected] of due) {
        t.expect.equal(`status for ${what}`, (await ask(t, item, method, path, body)).status, expected, about);
      }
      t.expect.equal("the sale", (await t.system.sale(page.IDTRX))?.status, "open", about);
      t.expect.completed(await buy(t), about);
    },
  }),
  defineCase({
    id: "CAB-0049-A",
    suite,
    purpose: "Price, currency and goods are those of the head end's own catalogue, whatever an order says of them",
    requirements: ["PAY-CABLE-0049-a"],
    owner: "server",
    needs: needing({ links: ["cable"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0049-a" };
      const { SITE } = theShop(t);
      for (const item of t.facts.catalogue.filter((each) => each.SITE === SITE)) {
        const claims = "&total-cost=1&price=1&currency=840&currency-exponent=0&title=Nothing";
        const { MPDA, CURRPDA, CEXPPDA, TEXT } = await orderPage(t, item, 2, claims);
        const due = [2 * item.price, item.CURR, item.CEXP, item.title];
        t.expect.equal(`page for two of ${item.ITEM}`, [MPDA, CURRPDA, CEXPPDA, TEXT], due, about);
        const { message, event } = thePage(t, await buy(t, { ITEM: item.ITEM, QUANTITY: 2 }), about);
        const { MPDA: M, CURRPDA: C, CEXPPDA: E, TEXT: T } = message;
        t.expect.equal(`page on the cable for two of ${item.ITEM}`, [M, C, E, T], due, { ...about, at: event });
      }
    },
  }),
  defineCase({
    id: "CAB-0049-B",
    suite,
    purpose: "One identifier, made by the head end, names the transaction on every link and in every log",
    requirements: ["PAY-CABLE-0049-b"],
    owner: "server",
    needs: needing({ links: CARRYING, logs: ["set-top-box", "head-end", "head-end-payment-server"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0049-b" };
      const seen = await buy(t);
      t.expect.completed(seen, about);
      const { IDTRX } = thePage(t, seen, about).message;
      t.expect.equal("identifier of the outcome", seen.outcome.IDTRX, IDTRX, about);
      for (const link of CARRYING) {
        for (const event of messagesOn(seen, link)) {
          const named = rawElements(event).find(({ name }) => name === "IDTRX");
          if (named) t.expect.equal(`IDTRX on link ${link}`, toHex(named.value), IDTRX, { ...about, at: event });
        }
      }
      for (const event of seen.events) {
        if (event.kind !== "log") continue;
        t.expect.equal(`IDTRX of ${event.entry} (${event.role})`, event.IDTRX, IDTRX, { ...about, at: event });
      }
    },
  }),
  defineCase({
    id: "CAB-0049-C",
    suite,
    purpose: "No two sales of the head end have the same identifier: not in one shop, not in two, not after a restart",
    requirements: ["PAY-CABLE-0049-c", "HE-0037-b"],
    owner: "server",
    needs: needing({ restart: ["head-end"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0049-c" };
      const found: string[] = [];
      const collect = async () => {
        for (const { SITE } of t.facts.sites.filter(({ kind }) => kind === "cable")) {
          const item = t.facts.catalogue.find((each) => each.SITE === SITE);
          if (item) for (const _ of [1, 2]) found.push((await orderPage(t, item)).IDTRX);
        }
      };
      await collect();
      await t.system.restart("head-end");
      await collect();
      for (const IDTRX of found) t.expect.matches("an identifier", IDTRX, /^(?!0{32}$)[0-9A-F]{32}$/, about);
      t.expect.equal("different identifiers", new Set(found).size, found.length, about);
      const { outcome } = await buy(t);
      t.expect.that(!found.includes(outcome.IDTRX ?? ""), "the next sale has another one again", about);
    },
  }),
  defineCase({
    id: "CAB-0049-D",
    suite,
    purpose: "Head end and head end payment server log each step of the transaction once, under its identifier",
    requirements: ["PAY-CABLE-0049-d"],
    owner: "server",
    needs: needing({ logs: ["head-end", "head-end-payment-server"], links: ["cable"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0049-d" };
      const seen = await buy(t);
      t.expect.completed(seen, about);
      const { IDTRX } = thePage(t, seen, about).message;
      for (const [role, entry, step] of LOGGED) {
        const [first] = logsOf(seen, role, entry);
        const words = logsOf(seen, role, entry).map((each) => [each.IDTRX, each.step]);
        t.expect.equal(`${entry} of the ${role}`, words, [[IDTRX, step]], { ...about, at: first });
      }
      const strangers = seen.events.filter((event) => event.kind === "log" && event.role === "payment-server");
      t.expect.equal("entries of the merchants' payment server", strangers.length, 0, about);
    },
  }),
  defineCase({
    id: "CAB-0049-E",
    suite,
    purpose: "The draw request holds the card's information, the amount, and the module's own data with its signature",
    requirements: ["PAY-CABLE-0049-e"],
    owner: "server",
    needs: needing({ secretKeyCard: true, links: ["237", "235"], logs: ["head-end"], keys: true }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-0049-e" };
      const { ATR } = await t.system.readPurse();
      const { IDMER } = theShop(t);
      const { ITEM, price, CURR, CEXP } = itemOf(t, "goods");
      const seen = await buy(t, { ITEM, QUANTITY: 2 });
      const requests = messagesOn(seen, "237", "head-end").filter(({ bytes }) => bytes[0] === 0xea);
      t.expect.equal("draw requests", requests.length, 1, about);
      const event = t.expect.present("draw request", requests[0], about);
      const { IDTRX = "" } = theLog(t, seen, "head-end", "transaction-created", about);
      const sale = { IDMER, IDTRX, MPDA: 2 * price, CURRPDA: CURR, CEXPPDA: CEXP };
      const due = [
        ["TOKEN", "D1"],
        ["STATE", "01"],
        ["IDMER", toHex(new TextEncoder().encode(IDMER))],
        ["IDTRX", IDTRX],
        ["SECINFO", toHex(securityInformation(contractKey(t, IDMER), sale))],
        ["ATR", toHex(ATR)],
        ["INITRSP", initialiseAnswer(t, seen).INITRSP],
        ["MPDA", (2 * price).toString(16).toUpperCase().padStart(8, "0")],
        ["CURRPDA", CURR],
        ["CEXPPDA", `0${CEXP}`],
      ];
      const said = rawElements(event).map(({ name, value }) => [name, toHex(value)]);
      t.expect.equal("elements of the draw request", said, due, { ...about, at: event });
      t.expect.completed(seen, about);
      t.expect.equal("draw requests that are logged", logsOf(seen, "head-end", "draw-request-sent").length, 1, about);
      t.expect.equal("messages of the card to the head end", allOf(seen, "cable", "card-information").length, 1, about);
    },
  }),
];

async function ask(t: CaseContext, { SITE }: Item, method: "GET" | "POST", path: string, body = "") {
  return await t.system.http(SITE, { method, path, body, session: OWN_SESSION });
}
