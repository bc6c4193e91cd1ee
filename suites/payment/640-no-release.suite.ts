/** Steps 638 to 641 where the sale fails: nothing is released, and nobody is told that it was. */
import { flipBit, toHex } from "../../harness/core/bytes.ts";
import { sealConfirmation } from "../../harness/crypto/confirmation.ts";
import type { LogEntry, PurchaseObservation } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  OWN_SESSION,
  orderPage,
  payableItems,
  readableText,
  standardItem,
  statusPath,
  theDelivery,
} from "./support/merchant-site.ts";
import { expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { allOf, logsOf, theLog, thePage } from "./support/observe.ts";

const suite = "payment";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-640-06",
    suite,
    purpose: "A payment that the card refused ends with a failed sale: no goods, no receipt, no word of success",
    requirements: ["MS-0048-c", "PAY-BASE-641"],
    owner: "server",
    needs: { links: ["cable", "234"] },
    async run(t) {
      const before = await readAccounts(t);
      const goods = payableItems(t.facts).find(({ kind }) => kind === "goods") ?? standardItem(t);
      const wrong = t.system.disturb({
        link: "cable",
        from: "head-end",
        message: 0xeb,
        times: 1,
        act: (message) => flipBit(message, message.length * 8 - 1),
        what: "last bit of S2 inverted, so that the card refuses",
      });
      const seen = await t.system.purchase({ SITE: goods.SITE, ITEM: goods.ITEM });
      wrong[Symbol.dispose]();
      t.expect.equal("debit commands with a wrong signature", wrong.hits, 1);
      const { status, response } = theDelivery(t, seen, { requirement: "MS-0048-c" });
      const { IDTRX } = thePage(t, seen).page;
      const { accepted = true, CC } = theLogged(t, seen);
      t.expect.equal("confirmation accepted as genuine", accepted, true, { requirement: "MS-0048-c" });
      t.expect.that(CC !== "0000", "the confirmation says that the payment failed", { actual: CC });
      t.expect.equal("the merchant's answer", status, 402, { requirement: "MS-0048-c", at: response });
      await expectNothingReleased(t, seen, IDTRX, "failed", "MS-0048-c");
      t.expect.refused(seen, ["9302", "9404"], { requirement: "PAY-BASE-641" });
      expectMoved(t, before, await readAccounts(t), 0);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-640-07",
    suite,
    purpose: "A confirmation that was altered on its way releases nothing, and the user hears of no success",
    requirements: ["PAY-BASE-638-c", "MS-0048-a", "PAY-BASE-641"],
    owner: "server",
    needs: { links: ["cable", "234"] },
    async run(t) {
      const before = await readAccounts(t);
      const altered = t.system.disturb({
        link: "234",
        from: "head-end",
        message: "POST ",
        skip: 1, // the order
        times: 1,
        act: (body) => new TextEncoder().encode(withOtherLastDigit(new TextDecoder().decode(body))),
        what: "last digit of the confirmation changed",
      });
      const seen = await t.system.purchase();
      altered[Symbol.dispose]();
      t.expect.equal("altered confirmations", altered.hits, 1);
      const { status, response } = theDelivery(t, seen, { requirement: "MS-0048-a" });
      t.expect.equal("the merchant's answer", status, 403, { requirement: "MS-0048-a", at: response });
      const { accepted = false } = theLogged(t, seen);
      t.expect.equal("confirmation accepted", accepted, false, { requirement: "MS-0048-a" });
      await expectNothingReleased(t, seen, thePage(t, seen).page.IDTRX, "open", "PAY-BASE-638-c");
      t.expect.refused(seen, "A018", { requirement: "PAY-BASE-641" });
      expectConserved(t, before, await readAccounts(t));
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-640-08",
    suite,
    purpose:
      "Without the contract's data nobody can release an item: no confirmation, noise, or another merchant's seal",
    requirements: ["MS-0029", "UI-516-b"],
    owner: "server",
    needs: { keys: true },
    applies: ({ facts }) => facts.sites.length > 1 || "the bench has only one merchant",
    async run(t) {
      const item = standardItem(t);
      const page = await orderPage(t, item);
      const path = statusPath(page);
      const other = t.facts.sites.find(({ IDMER }) => IDMER !== page.IDMER)?.IDMER ?? "";
      const KMER = t.expect.present("contract key of another merchant", t.keys.merchantKey(other));
      const rest = { CC: "0000", IDTERM: "00000001", NTPSAM: 1, DTHR: "20260101000000" };
      const foreign = toHex(sealConfirmation(KMER, { ...page, ...rest }, new Uint8Array(12).fill(0x5a)));
      const asked = await t.system.http(item.SITE, { method: "GET", path, session: OWN_SESSION });
      t.expect.equal("status without a confirmation", asked.status, 405, { requirement: "UI-516-b" });
      for (const [what, confirmation] of [
        ["noise", "5A".repeat(77)],
        ["another merchant's seal", foreign],
      ] as const) {
        const body = new URLSearchParams({ "transaction-id": page.IDTRX, confirmation }).toString();
        const answer = await t.system.http(item.SITE, { method: "POST", path, body, session: OWN_SESSION });
        t.expect.equal(`status for ${what}`, answer.status, 403, { requirement: "MS-0029" });
        const isSilent = !readableText(answer.body).includes(item.title);
        t.expect.that(isSilent, "the refusal gives nothing of the item away", { requirement: "UI-516-b" });
      }
      t.expect.equal("sale", (await t.system.sale(page.IDTRX))?.status, "open", { requirement: "MS-0029" });
      t.expect.completed(await t.system.purchase());
    },
  }),
];

/** What the merchant wrote of the confirmation; nothing on a bench that cannot read its log. */
function theLogged(t: CaseContext, seen: PurchaseObservation): LogEntry["fields"] {
  if (!t.facts.offers.logs.includes("merchant")) return {};
  return theLog(t, seen, "merchant", "confirmation-registered").fields;
}

async function expectNothingReleased(
  t: CaseContext,
  seen: PurchaseObservation,
  IDTRX: string,
  status: "open" | "failed",
  requirement: string,
): Promise<void> {
  t.expect.equal("sale at the merchant", (await t.system.sale(IDTRX))?.status, status, { requirement });
  t.expect.equal("releases in the merchant's log", logsOf(seen, "merchant", "item-released").length, 0, {
    requirement,
  });
  const told = allOf(seen, "cable", "result");
  t.expect.equal("results at the set-top box", told.length, 0, { requirement: "PAY-BASE-641" });
  t.expect.absent("information for the user", seen.outcome.CONTENT, { requirement: "PAY-BASE-641" });
}

function withOtherLastDigit(body: string): string {
  return body.replace(
    /(confirmation=[0-9a-fA-F]*)([0-9a-fA-F])/,
    (_, head, digit) => head + (digit === "0" ? "1" : "0"),
  );
}
