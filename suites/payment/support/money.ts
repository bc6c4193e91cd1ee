/** Money as an oracle: what left the card is with a PSAM, or in a transaction that is kept for recovery. Nothing else. */
import type { CardLogRecord, Order, PsamTotals, PurseReading } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

export interface Accounts {
  readonly purse: PurseReading;
  /** By IDTERM. */
  readonly totals: ReadonlyMap<string, PsamTotals>;
}

/**
 * Reads card and PSAMs, those of the base payment's terminals when nothing is said. The card in the reader must be the same in
 * both snapshots that are compared, and so must be the terminals.
 */
export async function readAccounts(t: CaseContext, terminals = t.system.terminals()): Promise<Accounts> {
  const purse = await t.system.readPurse();
  const totals = new Map<string, PsamTotals>();
  for (const IDTERM of terminals) totals.set(IDTERM, await t.system.readTotals(IDTERM));
  return { purse, totals };
}

/** Sum of confirmed amounts of the card's provider and currency over all PSAMs, minor units. */
export function collected({ purse, totals }: Accounts): number {
  let sum = 0;
  for (const { totals: lines } of totals.values()) {
    for (const line of lines) {
      if (line.PPIEP === purse.PPIEP && line.CURR === purse.CURRIEP && line.CEXP === purse.CEXPIEP) sum += line.MTOT;
    }
  }
  return sum;
}

export function confirmedCount({ totals }: Accounts): number {
  let count = 0;
  for (const { totals: lines } of totals.values()) for (const { NTOT } of lines) count += NTOT;
  return count;
}

export function suspendedCount({ totals }: Accounts): number {
  let count = 0;
  for (const { suspended } of totals.values()) count += suspended;
  return count;
}

/**
 * The card lost exactly `price`, the PSAMs gained exactly that, one transaction was confirmed, and nothing is left open.
 * `price` 0: nothing moved at all.
 */
export function expectMoved(t: CaseContext, before: Accounts, after: Accounts, price: number, about?: About): void {
  t.expect.money(before.purse, after.purse, -price, about);
  t.expect.equal("rise of the PSAM totals (minor units)", collected(after) - collected(before), price, about);
  const confirmed = price === 0 ? 0 : 1;
  t.expect.equal(
    "rise of the number of confirmed transactions",
    confirmedCount(after) - confirmedCount(before),
    confirmed,
    about,
  );
}

/** Debits in the card's log that were not there before. */
export function newDebits(before: Accounts, after: Accounts): readonly CardLogRecord[] {
  return after.purse.log.filter(({ NTIEP }) => NTIEP >= before.purse.NTIEP);
}

/**
 * Nothing was lost or made: what the card lost is with the PSAMs, or in as many suspended transactions as the card has
 * debits that no PSAM has confirmed. Returns the amount that is still in suspense.
 */
export function expectConserved(t: CaseContext, before: Accounts, after: Accounts, about?: About): number {
  const lost = before.purse.BALIEP - after.purse.BALIEP;
  const gained = collected(after) - collected(before);
  const inSuspense = lost - gained;
  t.expect.that(inSuspense >= 0, "the PSAMs gained no more than the card lost", { ...about, actual: { lost, gained } });
  const debits = newDebits(before, after);
  const debited = debits.reduce((sum, { MPDA }) => sum + MPDA, 0);
  t.expect.equal("sum of the new debits in the card's log", debited, lost, about);
  if (inSuspense > 0) {
    const open = suspendedCount(after) - suspendedCount(before);
    t.expect.that(open >= 1, "a debit that is not yet confirmed is kept as a suspended transaction", {
      ...about,
      actual: `${open} suspended transactions for ${inSuspense} minor units`,
    });
  }
  return inSuspense;
}

/**
 * The proof that a failure left nothing behind: the set-top box settles what is open, then a purchase goes through, and over all of it the card lost exactly what the
 * PSAMs gained.
 */
export async function expectNextPurchaseWorks(
  t: CaseContext,
  before: Accounts,
  about?: About,
  order?: Order,
): Promise<void> {
  const next = await t.system.purchase(order);
  t.expect.completed(next, about);
  const after = await readAccounts(t, [...before.totals.keys()]);
  const inSuspense = expectConserved(t, before, after, about);
  t.expect.equal("amount left in suspense after the next purchase (minor units)", inSuspense, 0, about);
}
