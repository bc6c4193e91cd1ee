/** How a purchase may end that was disturbed: for each end where the money is, who knows what, and what comes next. */
import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import { type Accounts, expectMoved, newDebits } from "../support/money.ts";
import { allOf, logsOf, thePage } from "../support/observe.ts";

/**
 * - `refused`: no debit; nothing moved, nothing was released.
 * - `paid`: as if nothing had happened.
 * - `retried`: paid, after the security card had refused a wrong S3 once and the card was asked for its signature.
 * - `unresolved`: the card was debited, nothing was released; the next recovery settles it and the merchant releases.
 * - `undelivered`: paid, but the merchant accepted no confirmation: nothing was released, for good.
 * - `untold`: paid and released, but the user was told something else.
 */
export type FateKind = "refused" | "paid" | "retried" | "unresolved" | "undelivered" | "untold";

/** One way in which a purchase may end. */
export interface Fate {
  readonly kind: FateKind;
  /** The reason codes (`messages.md` 6) that go with it. */
  readonly CC: readonly string[];
}

export function refused(...CC: readonly string[]): Fate {
  return { kind: "refused", CC };
}

export function untold(...CC: readonly string[]): Fate {
  return { kind: "untold", CC };
}

export function unresolved(...CC: readonly string[]): Fate {
  return { kind: "unresolved", CC: ["A01A", ...CC] };
}

export const PAID: Fate = { kind: "paid", CC: ["0000"] };
export const RETRIED: Fate = { kind: "retried", CC: ["0000"] };
export const UNDELIVERED: Fate = { kind: "undelivered", CC: ["A018"] };

export interface Judged {
  readonly before: Accounts;
  readonly seen: PurchaseObservation;
  readonly after: Accounts;
}

/** Holds what happened against the fates that are allowed; gives back the one that it was. */
export function expectFate(t: CaseContext, { before, seen, after }: Judged, fates: readonly Fate[]): Fate {
  t.expect.refused(
    seen,
    fates.flatMap(({ CC }) => CC),
  );
  const debited = newDebits(before, after).length > 0 || after.purse.BALIEP !== before.purse.BALIEP;
  const possible = fates.filter(({ kind, CC }) => CC.includes(seen.outcome.CC) && (kind !== "refused") === debited);
  const named = possible.length > 0 ? possible : fates.filter(({ CC }) => CC.includes(seen.outcome.CC));
  const released = logsOf(seen, "merchant", "item-released").length;
  const fate = named.find(({ kind }) => isReleased(kind) === released > 0) ?? named[0];
  if (!fate) throw new Error("unreachable: the expectation above failed");
  expectMoney(t, { before, seen, after }, fate);
  t.expect.equal("how often the item was released", released, isReleased(fate.kind) ? 1 : 0, {
    requirement: "PAY-BASE-638-c",
    owner: "server",
  });
  if (fate.kind === "retried") expectRetry(t, seen);
  expectRecord(t, seen, fate);
  return fate;
}

function isReleased(kind: FateKind): boolean {
  return kind === "paid" || kind === "retried" || kind === "untold";
}

function expectMoney(t: CaseContext, { before, seen, after }: Judged, { kind }: Fate): void {
  if (kind === "refused") expectMoved(t, before, after, 0, { requirement: "PAY-BASE-618-d" });
  else if (kind === "unresolved") expectOneDebit(t, before, after, priceOf(t, seen));
  else expectMoved(t, before, after, priceOf(t, seen), { requirement: "UI-514-a" });
}

/** The total of the merchant's page. */
function priceOf(t: CaseContext, seen: PurchaseObservation): number {
  return thePage(t, seen).page.MPDA;
}

/** The card was debited once; whether the PSAM knows it already is for `expectConserved`. */
function expectOneDebit(t: CaseContext, before: Accounts, after: Accounts, price: number): void {
  t.expect.money(before.purse, after.purse, -price, { requirement: "UI-514-a" });
  t.expect.equal("debits in the card's log", newDebits(before, after).length, 1);
}

/** A wrong S3 is refused by the security card, and the card is asked, not debited again (`messages.md` 3). */
function expectRetry(t: CaseContext, seen: PurchaseObservation): void {
  const answers = allOf(seen, "line", "t-result").map(({ message }) => message.CC);
  t.expect.equal("codes of the terminal's answers to the card's signature", answers, ["9302", "0000"], {
    requirement: "PAY-BASE-626-a",
    owner: "psam",
  });
}

/** Whoever ended the purchase has written down with what code (0038, 0040, 0084). */
function expectRecord(t: CaseContext, seen: PurchaseObservation, { kind, CC }: Fate): void {
  if (kind === "paid" || kind === "retried" || kind === "untold") return;
  if (logsOf(seen, "merchant", "transaction-created").length === 0) return; // nothing to tell of: no transaction yet
  const failures = [
    ...logsOf(seen, "head-end", "transaction-failed"),
    ...logsOf(seen, "head-end", "check-failed"),
    ...logsOf(seen, "payment-server", "draw-request-refused"),
    ...logsOf(seen, "payment-server", "transaction-unresolved"),
  ];
  t.expect.that(failures.length > 0, "a failed purchase leaves a record of the failure", {
    requirement: "PAY-BASE-624-b",
    owner: "server",
    actual: "none",
  });
  const codes = failures.map(({ fields }) => fields.CC);
  t.expect.that(
    codes.every((code) => typeof code === "string" && code !== "0000"),
    `every record of the failure names its code (here ${CC.join(" or ")})`,
    { requirement: "PAY-BASE-624-b", owner: "server", actual: codes },
  );
  expectDrawEnded(t, seen);
}

/** A draw request that was received has an end in the payment server's log. */
function expectDrawEnded(t: CaseContext, seen: PurchaseObservation): void {
  if (logsOf(seen, "payment-server", "draw-request-received").length === 0) return;
  const entries = ["draw-request-refused", "transaction-unresolved", "confirmation-sent", "notice-received"];
  const ends = entries.flatMap((entry) => logsOf(seen, "payment-server", entry));
  t.expect.that(ends.length > 0, "the payment server's log says how the transaction ended", {
    requirement: "PAY-BASE-624-b",
    owner: "server",
    actual: "no end",
  });
}
