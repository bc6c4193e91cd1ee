/** Users who buy at the same moment, each at a set-top box with a card of its own and each for another amount. */
import type { Box, PurchaseOutcome, PurseReading, RecordedEvent, SiteFacts } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** No terminal was free within the queueing time. */
export const NO_TERMINAL = "A007";

export interface Buyer {
  readonly box: Box;
  readonly order: { readonly SITE: string; readonly ITEM: string; readonly QUANTITY: number };
  readonly IDMER: string;
  /** Price of the order, minor units; no two buyers have the same. */
  readonly MPDA: number;
}

export interface Purchase extends Buyer {
  readonly before: PurseReading;
  readonly after: PurseReading;
  readonly outcome: PurchaseOutcome;
  /** Hex, upper case; empty where there was none. */
  readonly IDTRX: string;
}

/** Totals of all security cards of the bench: minor units and transactions. */
export interface Takings {
  readonly amount: number;
  readonly count: number;
}

export interface Throng {
  readonly purchases: readonly Purchase[];
  readonly events: readonly RecordedEvent[];
  readonly before: Takings;
}

/** One buyer for each of `sites`, in that order; the n-th wants n of the site's first item. */
export async function buyersAt(t: CaseContext, sites: readonly SiteFacts[]): Promise<readonly Buyer[]> {
  const boxes = await t.system.boxes(sites.length);
  return boxes.map((box, index) => {
    const { SITE = "", IDMER = "" } = sites[index] ?? {};
    const item = t.facts.catalogue.find((each) => each.SITE === SITE);
    const { ITEM, price } = t.expect.present(`an item at ${SITE}`, item);
    const QUANTITY = index + 1;
    return { box, order: { SITE, ITEM, QUANTITY }, IDMER, MPDA: price * QUANTITY };
  });
}

/** All buy at once; `beside` goes on at the same time. */
export async function buyAtOnce(
  t: CaseContext,
  buyers: readonly Buyer[],
  beside: () => Promise<unknown> = async () => undefined,
): Promise<Throng> {
  const purses = await Promise.all(buyers.map(({ box }) => box.readPurse()));
  const before = await takingsOf(t);
  const since = t.system.events().at(-1)?.n ?? 0;
  const [outcomes] = await Promise.all([Promise.all(buyers.map(({ box, order }) => box.purchase(order))), beside()]);
  await t.system.idle();
  const events = t.system.events(since);
  const after = await Promise.all(buyers.map(({ box }) => box.readPurse()));
  const purchases = buyers.map((buyer, index) => {
    const outcome = t.expect.present("outcome of a purchase", outcomes[index]);
    const purse = {
      before: t.expect.present("card before", purses[index]),
      after: t.expect.present("card", after[index]),
    };
    return { ...buyer, ...purse, outcome, IDTRX: (outcome.IDTRX ?? "").toUpperCase() };
  });
  return { purchases, events, before };
}

export async function takingsOf(t: CaseContext): Promise<Takings> {
  let [amount, count] = [0, 0];
  for (const { IDTERM } of t.facts.terminals) {
    for (const { MTOT, NTOT } of (await t.system.readTotals(IDTERM)).totals) {
      amount += MTOT;
      count += NTOT;
    }
  }
  return { amount, count };
}

/**
 * Every purchase succeeded: its card lost its own price, and security cards, database and merchants have all of them, once. Where
 * time is real, one that waited too long for a terminal may have been refused instead, at no cost; as many as there are terminals
 * are served at least. Gives those that were paid.
 */
export async function expectPaid(
  t: CaseContext,
  { purchases, before }: Throng,
  about?: About,
): Promise<readonly Purchase[]> {
  const paid = purchases.filter(({ outcome }) => outcome.CC === "0000");
  const allowed = t.facts.offers.exhaustive ? ["0000"] : ["0000", NO_TERMINAL];
  for (const [index, { outcome, before: was, after, MPDA, IDTRX }] of purchases.entries()) {
    const box = `box ${index + 1}`;
    t.expect.oneOf(`how the purchase at ${box} ended (CC)`, outcome.CC, allowed, about);
    const isPaid = outcome.CC === "0000";
    t.expect.money(was, after, isPaid ? -MPDA : 0, about);
    if (!isPaid) continue;
    t.expect.equal(`sale of ${box} at the merchant`, saleWords(await t.system.sale(IDTRX)), `released ${MPDA}`, about);
    if (!t.facts.offers.database) continue;
    const row = await t.system.transaction(IDTRX);
    t.expect.equal(`transaction of ${box} in the database`, saleWords(row), `confirmed ${MPDA}`, about);
  }
  const least = Math.min(purchases.length, t.system.terminals().length);
  t.expect.that(paid.length >= least, `at least ${least} are served`, { ...about, actual: paid.length });
  t.expect.equal("different transactions", new Set(paid.map(({ IDTRX }) => IDTRX)).size, paid.length, about);
  await expectTakings(t, before, paid, about);
  return paid;
}

/** The security cards gained what these purchases cost, in as many transactions. */
export async function expectTakings(
  t: CaseContext,
  before: Takings,
  paid: readonly Purchase[],
  about?: About,
): Promise<void> {
  const { amount, count } = await takingsOf(t);
  const due = paid.reduce((sum, { MPDA }) => sum + MPDA, 0);
  t.expect.equal("rise of the PSAM totals (minor units)", amount - before.amount, due, about);
  t.expect.equal("rise of the number of confirmed transactions", count - before.count, paid.length, about);
}

function saleWords(sale: { readonly status: string; readonly MPDA: number } | undefined): string {
  return sale === undefined ? "none" : `${sale.status} ${sale.MPDA}`;
}
