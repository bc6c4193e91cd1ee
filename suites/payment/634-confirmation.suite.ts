/** FIG 4, step 634: the confirmation that only the merchant can read, and that nobody else can make. */
import { concat, flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { openConfirmation } from "../../harness/crypto/confirmation.ts";
import { parseDebitData } from "../../harness/protocol/messages/debit-data.ts";
import type { PaymentPage } from "../../harness/protocol/messages/payment-page.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import { baseSites } from "./support/base-sites.ts";
import { confOf, contractKey, openedConfirmation } from "./support/merchant-word.ts";
import { allOf, theMessage, thePage } from "./support/observe.ts";
import { failedPayment, orderItem, postConfirmation } from "./support/payment.ts";

/** Where CC stands in CONF: nonce 12, then version 1, IDTRX 16 and IDMER 8 in front of it. */
const CC_AT = 12 + 25;
/** Bytes of CONF in front of its tag. */
const TAG_AT = 61;

/** The sale is as open as before, and its merchant refuses what was posted. */
async function expectUnacceptable(t: CaseContext, page: PaymentPage, what: string, confirmation: string, about: About) {
  const answer = await postConfirmation(t, page, confirmation);
  t.expect.oneOf(`merchant's answer to ${what}`, answer.status, [400, 403], about);
  const sale = t.expect.present("the sale", await t.system.sale(page.IDTRX), about);
  t.expect.equal(`the sale after ${what}`, sale.status, "open", about);
}

/** CONF with changed bytes, and what was done to it. Among them the one that turns the failure into a success. */
function alterations(CONF: Uint8Array): readonly (readonly [what: string, CONF: Uint8Array])[] {
  const success = CONF.slice();
  for (const [index, byte] of fromHex("9404").entries()) success[CC_AT + index] = (success[CC_AT + index] ?? 0) ^ byte;
  return [
    ["a failure turned into a success bit by bit", success],
    ["another nonce", flipBit(CONF, 0)],
    ["another amount", flipBit(CONF, 8 * (CC_AT + 5))],
    ["another tag", flipBit(CONF, 8 * TAG_AT)],
    ["a tag whose last bit differs", flipBit(CONF, 8 * CONF.length - 1)],
    ["no tag", CONF.subarray(0, TAG_AT)],
    ["one byte too few", CONF.subarray(0, -1)],
    ["one byte too many", concat(CONF, Uint8Array.of(0))],
    ["nothing but zeros", new Uint8Array(CONF.length)],
  ];
}

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-634-01",
    suite: "payment",
    purpose: "The confirmation names the transaction to the head end, and sale and debit to the merchant",
    requirements: ["PAY-BASE-634-a", "PS-0048-c"],
    owner: "server",
    needs: { links: ["236"], keys: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-634-a" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const { event, message } = theMessage(t, seen, "236", "debit-result", about);
      const at = { ...about, at: event };
      t.expect.equal("IDTRX of the debit result", message.IDTRX, page.IDTRX, { ...at, requirement: "PS-0048-c" });
      t.expect.equal("IDMER of the debit result", message.IDMER, page.IDMER, at);
      t.expect.absent("CC of a debit result that is positive", message.CC, at);
      const said = openedConfirmation(t, page, confOf(message), at);
      const command = parseDebitData(theMessage(t, seen, "236", "debit-command").message.DEBITDATA);
      const debit = t.expect.present("debit command of the payment", command.ok ? command.value : undefined);
      t.expect.equal("IDTRX in CONF", said.IDTRX, page.IDTRX, { ...at, requirement: "PS-0048-c" });
      t.expect.equal("IDMER in CONF", said.IDMER, page.IDMER, at);
      t.expect.equal("CC in CONF", said.CC, "0000", at);
      t.expect.equal("MPDA in CONF", said.MPDA, page.MPDA, at);
      t.expect.equal("CURRPDA in CONF", said.CURRPDA, page.CURRPDA, at);
      t.expect.equal("CEXPPDA in CONF", said.CEXPPDA, page.CEXPPDA, at);
      t.expect.equal("NTPSAM in CONF", said.NTPSAM, debit.NTPSAM, at);
      t.expect.equal("DTHR in CONF", said.DTHR, debit.DTHR, at);
      t.expect.oneOf("IDTERM in CONF", said.IDTERM, t.system.terminals(), at);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-634-02",
    suite: "payment",
    purpose: "Nothing in the confirmation can be read by whoever has not the merchant's key",
    requirements: ["PAY-BASE-634-b"],
    owner: "server",
    needs: { links: ["236"], keys: true },
    async run(t) {
      const about = { requirement: "PAY-BASE-634-b" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const CONF = confOf(theMessage(t, seen, "236", "debit-result", about).message);
      t.expect.equal("bytes of CONF", CONF.length, 77, about);
      const text = toHex(CONF);
      const secrets = { IDTRX: page.IDTRX, IDMER: toHex(new TextEncoder().encode(page.IDMER)) };
      for (const [name, hex] of Object.entries(secrets)) {
        t.expect.that(!text.includes(hex), `${name} does not stand in CONF in clear`, { ...about, actual: text });
      }
      const { IDMER, IDTRX } = page;
      openedConfirmation(t, page, CONF, about);
      const KMER = contractKey(t, IDMER);
      const opens = (key: Uint8Array, merchant: string, transaction: string) =>
        openConfirmation(key, merchant, transaction, CONF) !== null;
      t.expect.equal("opens with a key that differs in one bit", opens(flipBit(KMER, 1), IDMER, IDTRX), false, about);
      const other = toHex(flipBit(fromHex(IDTRX), 127));
      t.expect.equal("opens for another transaction", opens(KMER, IDMER, other), false, about);
      t.expect.equal("opens for another merchant", opens(KMER, IDMER.replace(/.$/, "X"), IDTRX), false, about);
      const known = concat(page.SECINFO, page.SECINFO);
      t.expect.equal("opens with what stands on the page", opens(known, IDMER, IDTRX), false, about);
      t.expect.completed(seen, about);
    },
  }),
  defineCase({
    id: "PAY-634-03",
    suite: "payment",
    purpose: "No two confirmations have the same nonce",
    requirements: ["PAY-BASE-634-b"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-634-b" };
      const nonces = new Set<string>();
      for (let count = 1; count <= 3; count++) {
        const { result } = await failedPayment(t, await orderItem(t));
        nonces.add(toHex(confOf(result).subarray(0, 12)));
        t.expect.equal(`different nonces of ${count} confirmations`, nonces.size, count, about);
      }
    },
  }),
  defineCase({
    id: "PAY-634-04",
    suite: "payment",
    purpose: "A failed payment has a confirmation that says so, to the head end and to the merchant alike",
    requirements: ["PAY-BASE-634-a", "PS-C1-b"],
    owner: "server",
    needs: { cards: ["specimen"], keys: true },
    async run(t) {
      const { page, result } = await failedPayment(t, await orderItem(t));
      const about = { requirement: "PAY-BASE-634-a" };
      t.expect.equal("IDTRX of the debit result", result.IDTRX, page.IDTRX, about);
      t.expect.equal("CC for the head end", result.CC, "9404", about);
      const said = openedConfirmation(t, page, confOf(result), about);
      t.expect.equal("IDTRX in CONF", said.IDTRX, page.IDTRX, about);
      t.expect.equal("CC for the merchant", said.CC, "9404", { requirement: "PS-C1-b" });
    },
  }),
  defineCase({
    id: "PAY-634-05",
    suite: "payment",
    purpose: "An altered confirmation is not accepted, not even one that only turns a failure into a success",
    requirements: ["PAY-BASE-634-c", "PS-0048-d"],
    owner: "server",
    needs: { cards: ["specimen"] },
    async run(t) {
      const { page, result } = await failedPayment(t, await orderItem(t));
      for (const [what, altered] of alterations(confOf(result))) {
        const requirement = altered.length === confOf(result).length ? "PS-0048-d" : "PAY-BASE-634-c";
        await expectUnacceptable(t, page, what, toHex(altered), { requirement });
      }
      await expectUnacceptable(t, page, "text that is no CONF", "success", { requirement: "PAY-BASE-634-c" });
      const genuine = await postConfirmation(t, page, toHex(confOf(result)));
      t.expect.equal("answer to the genuine confirmation of the failure", genuine.status, 402);
    },
  }),
  defineCase({
    id: "PAY-634-06",
    suite: "payment",
    purpose: "A confirmation is worth nothing for another sale, and nothing a second time",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-b"],
    owner: "server",
    needs: { links: ["236"] },
    async run(t) {
      const about = { requirement: "PAY-BASE-634-c" };
      const seen = await t.system.purchase();
      const { page } = thePage(t, seen);
      const CONF = toHex(confOf(theMessage(t, seen, "236", "debit-result", about).message));
      t.expect.completed(seen, about);
      const SITE = t.facts.sites.find(({ IDMER }) => IDMER === page.IDMER)?.SITE ?? "";
      const again = await orderItem(t, { SITE });
      t.expect.equal("price of the other sale", again.MPDA, page.MPDA);
      await expectUnacceptable(t, again, "the confirmation of another sale", CONF, about);
      for (const site of baseSites(t.facts).filter((each) => each.IDMER !== page.IDMER)) {
        const elsewhere = await orderItem(t, { SITE: site.SITE });
        const what = `the confirmation of ${page.IDMER} at ${site.IDMER}`;
        await expectUnacceptable(t, elsewhere, what, CONF, { requirement: "PAY-BASE-638-b" });
      }
      const repeated = await postConfirmation(t, page, CONF);
      t.expect.equal("answer to the same confirmation again", repeated.status, 409, about);
      t.expect.equal("debit results of the purchase", allOf(seen, "236", "debit-result").length, 1, about);
    },
  }),
];
