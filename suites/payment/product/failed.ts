/** A purchase whose debit command the card refuses: everything is as before, everywhere, in every variant. */
import { flipBit, toHex } from "../../../harness/core/bytes.ts";
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { inElement } from "../support/alter.ts";
import { allOf, apdusOn, logsOf, theMessage } from "../support/observe.ts";
import { type Books, expectChanged, newRow, readBooks } from "./books.ts";
import { expectConfirmation } from "./confirmed.ts";
import { debitIn } from "./debit.ts";
import { type Combination, siteNeed } from "./dimensions.ts";
import { debitResponse, layerKeys, spokenOnPayment, theOne } from "./opened.ts";

const DEBIT_IEP = 0x54;
/** The last bit of S2 in DEBITDATA. */
const S2_LAST = 53 * 8 - 1;
/** The card refused. */
const REFUSED = "9404";
const REVERSED = "A01D";

/** S2 is damaged on its way to the card, which refuses; then the same card buys the same thing. */
export async function expectReversed(t: CaseContext, combination: Combination): Promise<void> {
  await t.system.insertCard(combination.algorithm.kind);
  const { SITE } = t.siteFor(siteNeed(combination));
  const before = await readBooks(t);
  const fault = t.system.disturb({
    link: "cable",
    from: "head-end",
    message: 0xeb,
    times: 1,
    act: inElement("DEBITDATA", (DEBITDATA) => flipBit(DEBITDATA, S2_LAST)),
    what: "S2 of the debit command is damaged, so that the card refuses",
  });
  const seen = await t.system.purchase({ SITE });
  fault[Symbol.dispose]();
  t.expect.equal("debit commands that were damaged", fault.hits, 1, { owner: "bench" });
  const [pair] = apdusOn(seen, "235", DEBIT_IEP);
  const answer = t.expect.present("the card's answer to DEBIT IEP", pair?.response);
  t.expect.equal("the card's answer", toHex(answer.bytes), "9302", { owner: "card", at: answer });
  await expectSettledRefusal(t, combination, before, seen, "9302");
  await expectNextPaid(t, SITE);
}

/**
 * The card was asked for nothing more than a debit that it refused with `SW`: it is not debited, the security card has taken the
 * transaction back, nobody confirms or releases anything, everybody knows.
 */
export async function expectSettledRefusal(
  t: CaseContext,
  combination: Combination,
  before: Books,
  seen: PurchaseObservation,
  SW: string,
): Promise<void> {
  const { comparison } = combination;
  const about: About = { requirement: "ENC-0107-b", owner: "server" };
  t.expect.refused(seen, REFUSED, about);
  t.expect.absent("goods or receipt for the user", seen.outcome.CONTENT, about);
  const { IDTRX, IDTERM } = theMessage(t, seen, "line", "t-debit").message;
  const keys = layerKeys(t, seen, combination);
  const spoken = spokenOnPayment(t, seen, combination, keys);
  const response = debitResponse(t, seen, keys);
  t.expect.equal("debit response", [response.CARDRSP.length, response.SW], [0, SW], { ...about, owner: "reader" });
  const cancels = allOf(seen, "line", "t-cancel").map(({ message }) => [message.IDTRX, message.MODE]);
  t.expect.equal("cancellations", cancels, comparison === "psam" ? [] : [[IDTRX, 0]], about);
  if (comparison === "head-end" || comparison === "merchant") {
    const { CC, CARDRSP, SW: said } = theOne(t, spoken, "notice");
    t.expect.equal("notice", [CC, CARDRSP.length, said], [REFUSED, 0, SW], about);
  }
  if (comparison !== "merchant") {
    const { IDMER, MPDA, CURRPDA, CEXPPDA } = theMessage(t, seen, "cable", "page").message;
    const sale = { IDMER, IDTRX, MPDA, CURRPDA, CEXPPDA };
    expectConfirmation(t, { combination, seen, sale, debit: debitIn(t, seen), spoken, keys }, REFUSED);
  }
  const released = [...logsOf(seen, "merchant", "item-released"), ...logsOf(seen, "head-end", "item-released")];
  t.expect.equal("releases", released.length, 0, about);
  const after = await readBooks(t);
  const records = comparison === "psam" ? [REFUSED] : ["0000", REVERSED];
  expectChanged(t, before, after, { IDTERM, paid: 0, records: records.map((CC) => [IDTRX, CC] as const) });
  t.expect.equal("the transaction in the database", newRow(t, before, after, combination).status, "failed", about);
  const status = (await t.system.sale(IDTRX))?.status;
  t.expect.equal("the sale at the merchant", status, comparison === "merchant" ? "open" : "failed", about);
}

/** Nothing is in the way of the next purchase: it moves its price and nothing else. */
export async function expectNextPaid(t: CaseContext, SITE: string): Promise<void> {
  const before = await readBooks(t);
  const seen = await t.system.purchase({ SITE });
  t.expect.completed(seen);
  const { IDTRX, IDTERM, MPDA } = theMessage(t, seen, "line", "t-draw").message;
  expectChanged(t, before, await readBooks(t), { IDTERM, paid: MPDA, records: [[IDTRX, "0000"]] });
}
