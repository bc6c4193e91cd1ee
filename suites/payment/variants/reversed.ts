/** What must hold of the totals when a terminal has taken a debit back. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { type Accounts, expectMoved, readAccounts } from "../support/money.ts";
import { theMessage } from "../support/observe.ts";
import { riseOf } from "./early.suite.ts";
import type { Figure } from "./figures.ts";
import { recordsOf } from "./variant.ts";

/** The totals of all terminals together have risen by `due`. */
export function expectRise(
  t: CaseContext,
  before: Accounts,
  after: Accounts,
  due: readonly [sum: number, count: number],
  about: About,
): void {
  t.expect.equal("rise of the totals, sum and number", riseOf(before, after), due, about);
}

/** PSAM totals as before, and the transaction's records say so. The card may have been debited all the same. */
export async function expectTakenBack(
  t: CaseContext,
  figure: Figure,
  before: Accounts,
  seen: PurchaseObservation,
  codes: readonly string[],
): Promise<void> {
  const about = { requirement: figure.requirements.reversed.at(-1) ?? "" };
  const after = await readAccounts(t);
  expectMoved(t, before, { ...after, purse: before.purse }, 0, about);
  const { IDTERM, IDTRX } = theMessage(t, seen, "line", "t-debit").message;
  const found = (await recordsOf(t, IDTERM, IDTRX)).map(({ CC }) => CC);
  t.expect.equal("codes of the records", found, codes, about);
}
