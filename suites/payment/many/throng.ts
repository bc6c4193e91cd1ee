/** Users who buy at the same moment, each at a set-top box with a card of its own and each for another amount. */
import type { Box, PurchaseOutcome, PurseReading, RecordedEvent, SiteFacts } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

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

/** Every purchase succeeded: its card lost its own price, and security cards, database and merchants have all of them, once. */
export async function expectAllPaid(t: CaseContext, { purchases, before }: Throng, about?: About): Promise<void> {
  for (const [index, { outcome, before: was, after, MPDA, IDTRX }] of purchases.entries()) {
    t.expect.equal(`how the purchase at box ${index + 1} ended (CC)`, outcome.CC, "0000", about);
    t.expect.money(was, after, -MPDA, about);
    t.expect.equal(
      `sale of box ${index + 1} at the merchant`,
      saleWords(await t.system.sale(IDTRX)),
      `released ${MPDA}`,
      about,
    );
    if (!t.facts.offers.database) continue;
    const row = await t.system.transaction(IDTRX);
    t.expect.equal(`transaction of box ${index + 1} in the database`, saleWords(row), `confirmed ${MPDA}`, about);
  }
  t.expect.equal("different transactions", new Set(purchases.map(({ IDTRX }) => IDTRX)).size, purchases.length, about);
  await expectTakings(t, before, purchases, about);
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
