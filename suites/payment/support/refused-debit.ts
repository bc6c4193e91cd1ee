/** A debit command that the card refuses, and what it must leave behind: nothing. */
import type { Order, PurchaseObservation } from "../../../harness/flows/system.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import type { CaseContext } from "../../define/case.ts";
import { type Accounts, expectConserved, expectMoved, expectNextPurchaseWorks, readAccounts } from "./money.ts";

/** The card refuses: S2 is damaged on the cable, in its last bit. Nobody but the card can know. */
export async function refusedDebit(t: CaseContext, order: Order = {}): Promise<PurchaseObservation> {
  using fault = t.system.disturb({
    link: "cable",
    from: "head-end",
    message: 0xeb,
    times: 1,
    act: (bytes) => {
      const message = parseMessage(bytes);
      if (message.kind !== "debit-command") return bytes;
      const DEBITDATA = message.DEBITDATA.slice();
      const last = DEBITDATA.length - 1;
      DEBITDATA[last] = (DEBITDATA[last] ?? 0) ^ 1;
      return encodeMessage({ ...message, DEBITDATA });
    },
    what: "S2 of the debit command is damaged, so that the card refuses",
  });
  const seen = await t.system.purchase(order);
  t.expect.equal("debit commands that were damaged", fault.hits, 1);
  return seen;
}

/** The card refused, and everybody knows: nothing moved. */
export async function expectRefusalSettled(t: CaseContext, seen: PurchaseObservation, before: Accounts) {
  t.expect.that(seen.outcome.CC !== "0000", "the purchase did not succeed", { actual: seen.outcome.CC });
  const after = await readAccounts(t);
  expectMoved(t, before, after, 0);
  t.expect.equal("amount in suspense", expectConserved(t, before, after), 0);
  await expectNextPurchaseWorks(t, before);
}
