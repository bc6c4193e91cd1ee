/** T-draw, T-response and T-cancel (`messages.md` 5): the terminal between payment server and security card. */
import { toHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { InitResponse } from "../../harness/protocol/messages/init-response.ts";
import type { Case } from "../define/case.ts";
import { dueS2, purse } from "./support/purse.ts";
import { SUSPEND, WITHDRAW, type Wish } from "./support/sales.ts";
import { salesCase, upTo } from "./support/terminal-case.ts";

const NOTHING = new Uint8Array(0);

/** What the security card refuses, and how. */
const REFUSED: readonly (readonly [what: string, CC: string, wish: Wish])[] = [
  ["a provider that it has no keys of", "9410", { INITRSP: purse({ PPIEP: "999999" }) }],
  ["an algorithm that is not served", "9411", { INITRSP: purse({ ALGIEP: 7 }) }],
  ["a key version that it does not have", "9403", { INITRSP: purse({ VKIEP: 77 }) }],
  ["a currency that is not served", "9414", { INITRSP: purse({ CURRIEP: "0036" }) }],
  ["another currency than the card's", "9414", { currency: "084002" }],
  ["another exponent than the card's", "9414", { currency: "097803" }],
  ["a card that has expired", "9413", { INITRSP: purse({ DEXPIEP: "010101" }) }],
  ["a balance below the amount", "9401", { INITRSP: purse({ BALIEP: 99 }), MPDA: 100 }],
  ["an answer to reset that is none", "6A80", { ATR: "3B85" }],
];

export const cases: readonly Case[] = [
  salesCase({
    id: "TERM-DRAW-01",
    purpose:
      "T-debit carries the security card's debit command for this very sale: amount, currency, time, IDTRX and S2",
    requirements: ["TERM-0093-a", "TERM-0094-b", "TERM-0042-b"],
    consumes: { NTPSAM: 5 },
    async run(sales, t) {
      for (const MPDA of [1, 255, 256, 49_999, 50_000]) {
        const before = await sales.books();
        const sale = await sales.draw({ MPDA, INITRSP: purse({ NTIEP: 100 + (MPDA % 7) }) });
        const { DEBITDATA } = sale;
        t.expect.equal("NTPSAM", toHex(DEBITDATA.subarray(7, 11)), toHex(uintToBytes(before.NTPSAM, 4)));
        t.expect.equal(
          "MPDA, CURRPDA, CEXPPDA",
          toHex(DEBITDATA.subarray(11, 18)),
          `${toHex(uintToBytes(MPDA, 4))}097802`,
        );
        t.expect.equal("day of DTHR", toHex(DEBITDATA.subarray(19, 22)), t.facts.today);
        t.expect.equal("IDTRX", toHex(DEBITDATA.subarray(29, 45)), sale.IDTRX);
        t.expect.equal("S2", toHex(DEBITDATA.subarray(45)), dueS2(t, sale.INITRSP, DEBITDATA));
        await sales.cancel(sale.IDTRX, WITHDRAW);
        await sales.expectBooks(before, { NTPSAM: 1 });
      }
    },
  }),
  salesCase({
    id: "TERM-DRAW-02",
    purpose: "What the security card refuses is T-refusal with its status word; the next draw is taken",
    requirements: ["TERM-0094-a", "TERM-0093-e"],
    consumes: { NTPSAM: 10 },
    async run(sales) {
      const before = await sales.books();
      for (const [what, CC, wish] of REFUSED) {
        const IDTRX = sales.nextIdtrx();
        await sales.says(what, sales.drawMessage({ ...wish, IDTRX }), sales.dueRefusal(CC, IDTRX));
        const { IDTRX: next } = await sales.draw();
        await sales.cancel(next, WITHDRAW);
      }
      await sales.expectBooks(before, { NTPSAM: REFUSED.length });
    },
  }),
  salesCase({
    id: "TERM-DRAW-03",
    purpose: "While a transaction is in draw amount every T-draw is 6985, and the transaction goes on",
    requirements: ["TERM-0094-a", "PSAM-0059-a"],
    consumes: { NTPSAM: 1, value: 1 },
    async run(sales) {
      const before = await sales.books();
      const sale = await sales.draw();
      for (const wish of [{}, { IDTRX: sale.IDTRX }, { COMPARE: "01" }, ...REFUSED.map(([, , each]) => each)]) {
        const IDTRX = "IDTRX" in wish ? sale.IDTRX : sales.nextIdtrx();
        await sales.says("another T-draw", sales.drawMessage({ ...wish, IDTRX }), sales.dueRefusal("6985", IDTRX));
      }
      await sales.confirm(sale);
      await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
    },
  }),
  salesCase({
    id: "TERM-DRAW-04",
    purpose: "Certificates belong to public key cards: T-draw with them for another card, or without them, is A001",
    requirements: ["TERM-0093-f"],
    async run(sales) {
      const before = await sales.books();
      const CERTS = new Uint8Array(488);
      const rsa: Partial<InitResponse> = { ALGIEP: 0x10, AMIEP: 2 };
      const wishes: readonly Wish[] = [{ CERTS }, { INITRSP: purse(rsa) }, { INITRSP: purse({ ...rsa, ALGIEP: 4 }) }];
      for (const wish of wishes) {
        const IDTRX = sales.nextIdtrx();
        await sales.says("T-draw", sales.drawMessage({ ...wish, IDTRX }), sales.dueRefusal("A001", IDTRX));
      }
      await sales.expectBooks(before, {});
    },
  }),
  salesCase({
    id: "TERM-DRAW-05",
    purpose: "An identifier that was confirmed, suspended or issued is 9416; one that was withdrawn is free",
    requirements: ["TERM-0094-a"],
    consumes: { NTPSAM: 6, value: 1 },
    async run(sales) {
      const refused = async (IDTRX: string) =>
        await sales.says("T-draw again", sales.drawMessage({ IDTRX }), sales.dueRefusal("9416", IDTRX));
      const confirmed = await sales.draw();
      await sales.confirm(confirmed);
      await refused(confirmed.IDTRX);
      const suspended = await sales.draw();
      await sales.cancel(suspended.IDTRX, SUSPEND);
      await refused(suspended.IDTRX);
      await sales.cancel(suspended.IDTRX, WITHDRAW);
      const again = await sales.draw({ IDTRX: suspended.IDTRX });
      await sales.cancel(again.IDTRX, WITHDRAW);
      const issued = await sales.draw({ COMPARE: "01" });
      await refused(issued.IDTRX);
      await sales.cancel(issued.IDTRX, WITHDRAW);
    },
  }),
  salesCase({
    id: "TERM-RESP-01",
    purpose: "S3 wrong in any byte, or any other byte of CARDRSP, is not confirmed; the right one is, once",
    requirements: ["PSAM-0085-a", "PAY-BASE-626-a"],
    consumes: { NTPSAM: 1, value: 1 },
    async run(sales, t) {
      const before = await sales.books();
      const sale = await sales.draw();
      const right = sales.cardrsp(sale);
      for (const at of upTo(right.length)) {
        const CARDRSP = right.map((byte, index) => (index === at ? byte ^ 0x01 : byte));
        await sales.says(`byte ${at} wrong`, sales.responseMessage(sale.IDTRX, CARDRSP), sales.dueResult(sale, "9302"));
      }
      await sales.expectBooks(before, { NTPSAM: 1 });
      await sales.confirm(sale);
      await sales.says("the same again", sales.responseMessage(sale.IDTRX, right), sales.dueResult(sale, "9416"));
      await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
      t.ending("confirmed once");
    },
  }),
  salesCase({
    id: "TERM-RESP-02",
    purpose: "S3 right with a negative CC closes the transaction without a total: 9404",
    requirements: ["PSAM-0085-b", "PAY-BASE-626-b"],
    consumes: { NTPSAM: 4 },
    async run(sales) {
      const before = await sales.books();
      const codes = ["9401", "9402", "9404", "9303"];
      for (const CC of codes) {
        const sale = await sales.draw();
        const message = sales.responseMessage(sale.IDTRX, sales.cardrsp(sale, CC));
        await sales.says(`CARDRSP with CC ${CC}`, message, sales.dueResult(sale, "9404"));
        await sales.says("the same again", message, sales.dueResult(sale, "9415"));
      }
      await sales.expectBooks(before, { NTPSAM: codes.length });
    },
  }),
  salesCase({
    id: "TERM-RESP-03",
    purpose: "No CARDRSP with a status word that proves nothing is A010, and the right answer is still taken",
    requirements: ["PSAM-0085-b"],
    consumes: { NTPSAM: 1, value: 1 },
    async run(sales) {
      const before = await sales.books();
      const sale = await sales.draw();
      for (const SW of ["0000", "0001", "1234", "60FF", "6100", "61FF", "6200", "62FF", "6300", "63FF", "9000"]) {
        const message = sales.responseMessage(sale.IDTRX, NOTHING, SW);
        await sales.says(`no CARDRSP with ${SW}`, message, sales.dueResult(sale, "A010"));
      }
      await sales.confirm(sale);
      await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
    },
  }),
  salesCase({
    id: "TERM-RESP-04",
    purpose: "No CARDRSP with a refusal of the card withdraws the transaction: 9404, and the terminal is free",
    requirements: ["PAY-BASE-626-b"],
    consumes: { NTPSAM: 9 },
    async run(sales) {
      const before = await sales.books();
      const words = ["6400", "6581", "6700", "6985", "6E00", "9302", "9303", "9001", "FFFF"];
      for (const SW of words) {
        const sale = await sales.draw();
        const message = sales.responseMessage(sale.IDTRX, NOTHING, SW);
        await sales.says(`no CARDRSP with ${SW}`, message, sales.dueResult(sale, "9404"));
        await sales.says(
          "the right S3 afterwards",
          sales.responseMessage(sale.IDTRX, sales.cardrsp(sale)),
          sales.dueResult(sale, "9415"),
        );
      }
      await sales.expectBooks(before, { NTPSAM: words.length });
    },
  }),
  salesCase({
    id: "TERM-CANC-01",
    purpose: "T-cancel withdraws for good or suspends for a late answer, as its mode says; others are 9415",
    requirements: ["PSAM-0059-a"],
    consumes: { NTPSAM: 3, value: 1 },
    async run(sales) {
      const before = await sales.books();
      const withdrawn = await sales.draw();
      await sales.cancel(sales.nextIdtrx(), WITHDRAW, "9415");
      await sales.cancel(withdrawn.IDTRX, WITHDRAW);
      await sales.cancel(withdrawn.IDTRX, WITHDRAW, "9415");
      const suspended = await sales.draw();
      await sales.cancel(suspended.IDTRX, SUSPEND);
      await sales.cancel(suspended.IDTRX, SUSPEND, "9415");
      await sales.expectBooks(before, { NTPSAM: 2, suspended: 1 });
      const third = await sales.draw();
      await sales.confirm(suspended);
      await sales.cancel(third.IDTRX, WITHDRAW);
      await sales.expectBooks(before, { NTPSAM: 3, sum: 1, count: 1 });
    },
  }),
  salesCase({
    id: "TERM-CANC-02",
    purpose: "T-cancel with a mode that is none is refused, and the transaction stays open",
    consumes: { NTPSAM: 1 },
    async run(sales, t) {
      const sale = await sales.draw();
      for (const MODE of ["02", "80", "FF"]) {
        const answer = toHex(await sales.ask(sales.cancelMessage(sale.IDTRX, MODE)));
        const allowed = [
          sales.dueRefusal("A001"),
          sales.dueRefusal("A001", sale.IDTRX),
          sales.dueDone(sale.IDTRX, "6A86"),
        ];
        t.expect.oneOf(`answer to T-cancel ${MODE}`, answer, allowed);
      }
      const IDTRX = sales.nextIdtrx();
      await sales.says("T-draw", sales.drawMessage({ IDTRX }), sales.dueRefusal("6985", IDTRX));
      await sales.cancel(sale.IDTRX, WITHDRAW);
    },
  }),
  salesCase({
    id: "TERM-TRIP-01",
    purpose:
      "With COMPARE the one answer T-debit carries what a genuine card will say, and the terminal is free at once",
    requirements: ["PAY-ALT1-706-a", "PAY-ALT2-726-a", "PAY-ALT3-746-a"],
    consumes: { NTPSAM: 6, value: 6 },
    async run(sales, t) {
      const before = await sales.books();
      for (const COMPARE of ["01", "02", "03"]) {
        for (const NTIEP of [9, 10]) {
          const sale = await sales.draw({ COMPARE, INITRSP: purse({ NTIEP }) });
          t.expect.equal("EXPECTED", sale.EXPECTED, toHex(sales.cardrsp(sale)));
        }
      }
      await sales.expectBooks(before, { NTPSAM: 6, sum: 6, count: 6 });
    },
  }),
  salesCase({
    id: "TERM-TRIP-02",
    purpose:
      "A reversal takes an issued transaction out of the totals again, withdrawn or suspended; a completion leaves it in",
    requirements: ["PAY-ALT1-0106-b", "PAY-ALT1-706-a"],
    consumes: { NTPSAM: 4, value: 2 },
    async run(sales) {
      const before = await sales.books();
      const [first, second, third] = [
        await sales.draw({ COMPARE: "01" }),
        await sales.draw({ COMPARE: "02" }),
        await sales.draw({ COMPARE: "03" }),
      ];
      const open = await sales.draw();
      await sales.expectBooks(before, { NTPSAM: 4, sum: 3, count: 3 });
      await sales.cancel(first.IDTRX, WITHDRAW);
      await sales.cancel(second.IDTRX, SUSPEND);
      await sales.expectBooks(before, { NTPSAM: 4, sum: 1, count: 1, suspended: 1 });
      await sales.confirm(third);
      await sales.confirm(second);
      await sales.expectBooks(before, { NTPSAM: 4, sum: 2, count: 2 });
      await sales.says(
        "the first one's S3",
        sales.responseMessage(first.IDTRX, sales.cardrsp(first)),
        sales.dueResult(first, "9415"),
      );
      await sales.cancel(open.IDTRX, WITHDRAW);
      await sales.cancel(third.IDTRX, WITHDRAW, "9415");
      await sales.expectBooks(before, { NTPSAM: 4, sum: 2, count: 2 });
    },
  }),
  salesCase({
    id: "TERM-TOT-01",
    purpose:
      "T-totals is the security card's answer to the byte, and its sums are those of the sales that were confirmed",
    requirements: ["CLR-0006-d"],
    consumes: { NTPSAM: 8, value: 1_111 },
    async run(sales) {
      const before = await sales.books();
      for (const [index, MPDA] of [1, 10, 100, 1_000].entries()) {
        await sales.confirm(await sales.draw({ MPDA, INITRSP: purse({ NTIEP: 20 + index }) }));
        const lost = await sales.draw({ MPDA });
        await sales.cancel(lost.IDTRX, WITHDRAW);
      }
      await sales.expectBooks(before, { NTPSAM: 8, sum: 1_111, count: 4 });
    },
  }),
];
