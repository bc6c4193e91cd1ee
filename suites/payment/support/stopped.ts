/** A purchase that ends before a draw request: nothing has left for the payment server, nothing was debited, the user knows why. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Accounts, expectMoved, expectNextPurchaseWorks, readAccounts } from "./money.ts";
import { apdusOn, logsOf, theLog, theMessage } from "./observe.ts";
import { drawRequests } from "./raw.ts";

const DEBIT_IEP = 0x54;

/** No draw request on link 236 and no record of one. */
export function expectNoDraw(t: CaseContext, seen: PurchaseObservation, about?: About): void {
  t.expect.equal("number of draw requests on link 236", drawRequests(seen).length, 0, about);
  t.expect.equal("log entries draw-request-sent", logsOf(seen, "head-end", "draw-request-sent").length, 0, about);
}

export function expectNoDebit(t: CaseContext, seen: PurchaseObservation, about?: About): void {
  t.expect.equal("number of DEBIT IEP commands on link 235", apdusOn(seen, "235", DEBIT_IEP).length, 0, about);
}

/** The check failed with that reason: told to the user (609-g), recorded, and the transaction is over (609-h). */
export async function expectCheckFailed(
  t: CaseContext,
  seen: PurchaseObservation,
  CC: string,
  requirement: string,
): Promise<void> {
  expectNoDraw(t, seen, { requirement });
  const over = { requirement: "PAY-BASE-609-h" };
  expectNoDebit(t, seen, over);
  const told = { requirement: "PAY-BASE-609-g" };
  const { event, message } = theMessage(t, seen, "cable", "user-message", told);
  t.expect.equal("reason code of the user message", message.CC, CC, { ...told, at: event });
  t.expect.that(message.TEXT.trim() !== "", "the user message has a text", { ...told, at: event });
  const isShown = seen.outcome.shown.some((text) => text.includes(message.TEXT.trim()));
  t.expect.that(isShown, "the text is shown to the user", { ...told, at: event, actual: seen.outcome.shown });
  t.expect.refused(seen, CC, { requirement });
  const entry = theLog(t, seen, "head-end", "check-failed", over);
  t.expect.equal("CC of the log entry check-failed", entry.fields.CC, CC, { ...over, at: entry });
  if (t.facts.offers.database) {
    const row = await t.system.transaction(seen.outcome.IDTRX ?? "");
    t.expect.absent("transaction at the payment server", row, over);
  }
}

/** Nothing moved, and the next purchase goes through. */
export async function expectUntouched(t: CaseContext, before: Accounts, about?: About): Promise<void> {
  expectMoved(t, before, await readAccounts(t), 0, about);
  await expectNextPurchaseWorks(t, before, about);
}

/** Nothing moved on the card that was refused, and with the card under test back in the reader a purchase goes through. */
export async function expectUntouchedThenSpecimen(t: CaseContext, before: Accounts, about?: About): Promise<void> {
  expectMoved(t, before, await readAccounts(t), 0, about);
  await t.system.insertCard("specimen");
  await expectNextPurchaseWorks(t, await readAccounts(t), about);
}
