/** FIG 16, step 1112 ([0140]), claim 9, [0038], [0039]: how the head end payment server works off an order. */
import { toHex } from "../../harness/core/bytes.ts";
import { BASE_PROFILE } from "../../harness/core/sale-profile.ts";
import type { RoleName } from "../../harness/core/trace.ts";
import type { PurchaseObservation, TransactionRow } from "../../harness/flows/system.ts";
import { type Case, defineCase } from "../define/case.ts";
import type { SiteNeed } from "../define/site-need.ts";
import { flipLast, inElement } from "../payment/support/alter.ts";
import { allOf, apdusOn, messagesOn, theMessage } from "../payment/support/observe.ts";
import { packagesOf } from "../payment/support/packages.ts";
import { drawRequests, initialiseAnswer } from "../payment/support/raw.ts";
import { outlineOf } from "./outline.ts";
import { buy, expectSold, itemOf, needing, readShop, thePage, theShop } from "./shop.ts";

const suite = "cable";
const INTERNET: SiteNeed = { kind: "internet", ...BASE_PROFILE };

/** Who plays whom: the head end sells, its payment server takes the money. */
const PLAYED: Readonly<Partial<Record<RoleName, string>>> = {
  merchant: "seller",
  "head-end": "seller",
  "payment-server": "payment server",
  "head-end-payment-server": "payment server",
};

/** FIG 10A to 10D without what merchant and head end say to each other on link 234. */
const STEPS = "602 1110 608 612 686 688 692 694 616 617 618 620 621 622 624 626 628 634 641";

export const cases: readonly Case[] = [
  defineCase({
    id: "CAB-1112-A",
    suite,
    purpose:
      "An order is worked off by head end payment server, terminal and security card, which has the price in its totals",
    requirements: ["PAY-CABLE-1112-a", "HE-0038-b", "PAY-CABLE-1112-b"],
    owner: "server",
    needs: needing({ links: ["cable", "237", "line", "SAM", "235"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1112-a" };
      const before = await readShop(t);
      const seen = await buy(t);
      t.expect.order(seen, STEPS.split(" "), { requirement: "PAY-CABLE-1112-b" });
      const { terminals = [] } = theShop(t);
      const { IDTERM, DEBITDATA } = theMessage(t, seen, "line", "t-debit", about).message;
      t.expect.oneOf("terminal of the sale", IDTERM, terminals, about);
      const carried = { requirement: "HE-0038-b" };
      const issued = packagesOf(seen).find(({ name }) => name === "DEBIT")?.response ?? new Uint8Array();
      t.expect.equal("debit command of the terminal", toHex(DEBITDATA), toHex(issued.subarray(0, -2)), carried);
      const command = theMessage(t, seen, "237", "debit-command", carried);
      t.expect.equal("debit command on link 237", toHex(command.message.DEBITDATA), toHex(DEBITDATA), {
        ...carried,
        at: command.event,
      });
      const answer = apdusOn(seen, "235", 0x54)[0]?.response?.bytes ?? new Uint8Array();
      const { CARDRSP } = theMessage(t, seen, "line", "t-response", carried).message;
      t.expect.equal("the card's answer at the terminal", toHex(CARDRSP), toHex(answer.subarray(0, -2)), carried);
      await expectSold(t, before, seen, itemOf(t).price, about);
    },
  }),
  defineCase({
    id: "CAB-1112-B-01",
    suite,
    purpose:
      "On every link passes what passes in a purchase of FIG 10, with head end and its payment server for the merchant's",
    requirements: ["PAY-CABLE-1112-b"],
    owner: "server",
    needs: {
      sites: [...(needing().sites ?? []), INTERNET],
      links: ["cable", "236", "237", "235", "line"],
      logs: ["head-end", "merchant", "payment-server", "head-end-payment-server"],
    },
    async run(t) {
      const about = { requirement: "PAY-CABLE-1112-b" };
      const { SITE } = t.siteFor(INTERNET);
      const base = await t.system.purchase({ SITE });
      t.expect.completed(base);
      const seen = await buy(t);
      t.expect.equal("messages in their order", outlineOf(seen), outlineOf(base), about);
      t.expect.equal("entries in the logs", entriesOf(seen), entriesOf(base), about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "CAB-1112-B-02",
    suite,
    purpose:
      "The card's signature is compared in a cable purchase too: a wrong one is asked for again, and only the right one counts",
    requirements: ["PAY-CABLE-1112-b", "HE-0038-b"],
    owner: "psam",
    needs: needing({ links: ["cable", "237", "line"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-1112-b" };
      const before = await readShop(t);
      using fault = t.system.disturb({
        link: "237",
        from: "head-end",
        message: 0xec,
        times: 1,
        act: inElement("CARDRSP", flipLast),
        what: "the card's signature is altered",
      });
      const seen = await buy(t);
      t.expect.equal("answers that were altered", fault.hits, 1);
      const results = allOf(seen, "line", "t-result").map(({ message }) => message.CC);
      t.expect.equal("what the security card says", results, ["9302", "0000"], about);
      const refusals = allOf(seen, "237", "refusal").map(({ message }) => [message.IDTRX, message.CC]);
      t.expect.equal("refusals on link 237", refusals, [[thePage(t, seen).message.IDTRX, "9302"]], about);
      t.expect.equal("DEBIT IEP commands", apdusOn(seen, "235", 0x54).length, 1, about);
      await expectSold(t, before, seen, itemOf(t).price, about);
    },
  }),
  defineCase({
    id: "CAB-C9",
    suite,
    purpose:
      "The head end gathers the card's answers by itself, sends them in one message, and the terminal plays that card",
    requirements: ["PAY-CABLE-C9"],
    owner: "server",
    needs: needing({ secretKeyCard: true, links: ["cable", "237", "235", "SAM", "line"] }),
    async run(t) {
      const about = { requirement: "PAY-CABLE-C9" };
      const { ATR } = await t.system.readPurse();
      const seen = await buy(t);
      t.expect.completed(seen, about);
      const information = theMessage(t, seen, "cable", "card-information", about).event;
      const { event: command } = theMessage(t, seen, "237", "debit-command", about);
      const sent = messagesOn(seen, "237").filter(({ n }) => n < command.n);
      const request = t.expect.present("draw request", sent[0], about);
      t.expect.equal("messages on link 237 before the debit command", sent.length, 1, { ...about, at: sent[1] });
      t.expect.that(request.n > information.n, "it leaves when the card has said everything", {
        ...about,
        at: request,
      });
      t.expect.equal("draw requests on link 236", drawRequests(seen).length, 0, about);
      const early = messagesOn(seen, "235", "set-top-box").filter(({ n }) => n < information.n);
      const instructions = early.map(({ bytes }) => toHex(bytes.subarray(1, 2)));
      t.expect.equal("commands to the card for it", instructions, ["A4", "50"], about);
      const played = packagesOf(seen);
      const names = played.map(({ name }) => name);
      t.expect.equal("packages to the security card", names, ["ANSWER TO RESET", "INITIALIZE IEP", "DEBIT"], about);
      const [first, second] = played.map(({ data }) => toHex(data));
      t.expect.equal(
        "what the security card gets",
        [first, second],
        [toHex(ATR), initialiseAnswer(t, seen).INITRSP],
        about,
      );
      for (const { event } of played) {
        t.expect.that(event.n > request.n, "the terminal plays the card after the draw request", {
          ...about,
          at: event,
        });
      }
    },
  }),
  defineCase({
    id: "CAB-0039",
    suite,
    purpose:
      "With each sale the head end payment server has at once what settles it: card, amount, both numbers and the proof",
    requirements: ["PAY-CABLE-0050-c", "HE-0039"],
    owner: "server",
    needs: needing({ database: true, links: ["cable", "237", "line"] }),
    async run(t) {
      const about = { requirement: "HE-0039" };
      const before = await readShop(t);
      const [was, { IDMER }] = [before.purse, theShop(t)];
      const { ITEM, price, CURR, CEXP } = itemOf(t, "goods");
      const seen = await buy(t, { ITEM });
      await expectSold(t, before, seen, price, about);
      const { IDTRX = "" } = seen.outcome;
      const rows = await t.system.transactions("head-end-payment-server");
      const stored = { requirement: "PAY-CABLE-0050-c" };
      const found = rows.find((each) => each.IDTRX === IDTRX);
      const row = t.expect.present("transaction in the database", found, stored);
      const [entry] = (await t.system.readPurse()).log;
      const { IDTERM } = theMessage(t, seen, "line", "t-debit").message;
      const sale = { IDTRX, IDMER, MPDA: price, CURRPDA: CURR, CEXPPDA: CEXP, CC: "0000" };
      const card = { PPIEP: was.PPIEP, IDIEP: was.IDIEP, NTIEP: was.NTIEP, NTPSAM: entry?.NTPSAM ?? null };
      t.expect.equal("sale, card and numbers in the database", keptOf(row), { ...sale, ...card, IDTERM }, about);
      const result = theMessage(t, seen, "line", "t-result").message.MSGRESULT ?? new Uint8Array();
      const proof = (row.terminalResponse ?? "").toUpperCase();
      const isProven = result.length === 39 && proof.includes(toHex(result));
      t.expect.that(isProven, "the security card's message result is kept with it", { ...about, actual: proof });
      const { DEBITDATA } = theMessage(t, seen, "237", "debit-command").message;
      const { CARDRSP } = theMessage(t, seen, "237", "debit-response").message;
      const exchanged = [row.debitCommand, row.debitResponse].map((hex) => hex?.toUpperCase());
      t.expect.equal("command and answer in the database", exchanged, [toHex(DEBITDATA), toHex(CARDRSP)], stored);
      const store = await t.system.readStore(IDTERM);
      const record = t.expect.present("record of the terminal", store.at(-1), about);
      const { COUNT: _count, DTHR: _at, ...said } = record;
      t.expect.equal("record for the settlement", said, { ...sale, ...card, NTPSAM: entry?.NTPSAM ?? 0 }, about);
      const merchants = (await t.system.transactions("payment-server")).filter((each) => each.IDTRX === IDTRX);
      t.expect.equal("transactions with the merchants' payment server", merchants.length, 0, {
        requirement: "PAY-CABLE-0050-c",
      });
    },
  }),
];

/** What a settlement reads of a transaction. */
function keptOf({ IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC, PPIEP, IDIEP, NTIEP, NTPSAM, IDTERM }: TransactionRow) {
  return { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, CC, PPIEP, IDIEP, NTIEP, NTPSAM, IDTERM };
}

/** "server entry" for every log entry of those who sell and take the money, sorted; who they are does not show. */
function entriesOf(seen: PurchaseObservation): readonly string[] {
  const entries = seen.events.flatMap((event) =>
    event.kind === "log" && PLAYED[event.role] ? [`${PLAYED[event.role]} ${event.entry}`] : [],
  );
  return entries.sort();
}
