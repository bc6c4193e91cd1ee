/** The cable provider as a shop (FIG 16): its sites, what they sell, and a purchase there. Its pages never pass link 234. */
import type { SaleProfile } from "../../harness/core/sale-profile.ts";
import type { Order, PurchaseObservation, SiteFacts, SystemFacts } from "../../harness/flows/system.ts";
import type { CaseContext, Needs } from "../define/case.ts";
import type { About } from "../define/expect.ts";
import type { SiteNeed } from "../define/site-need.ts";
import { type Accounts, expectMoved, readAccounts } from "../payment/support/money.ts";
import { type Found, theMessage } from "../payment/support/observe.ts";

export type Item = SystemFacts["catalogue"][number];
type Comparison = SaleProfile["comparison"];

/** A shop of the cable provider with which nothing but who compares was agreed. */
export function cableSite(comparison: Comparison = "psam"): SiteNeed {
  return { kind: "cable", comparison, encryption: undefined, confirmation: "sealed", direct: false };
}

/** `needs` of a case about such a shop, beside its own. */
export function needing(needs: Needs = {}, comparison?: Comparison): Needs {
  return { ...needs, sites: [cableSite(comparison), ...(needs.sites ?? [])] };
}

export function theShop(t: CaseContext, comparison?: Comparison): SiteFacts {
  return t.siteFor(cableSite(comparison));
}

/** The first thing that the shop sells; of that kind. */
export function itemOf(t: CaseContext, kind?: Item["kind"], { SITE } = theShop(t)): Item {
  const found = t.facts.catalogue.find((item) => item.SITE === SITE && item.kind === (kind ?? item.kind));
  return t.expect.present(`${kind ?? "something"} for sale at ${SITE}`, found, { owner: "bench" });
}

/** The shop's first item, when nothing is said. */
export async function buy(t: CaseContext, order: Order = {}, comparison?: Comparison): Promise<PurchaseObservation> {
  return await t.system.purchase({ SITE: theShop(t, comparison).SITE, ...order });
}

/** What the head end's module made of the order, as the set-top box got it. */
export function thePage(t: CaseContext, seen: PurchaseObservation, about?: About): Found<"page"> {
  return theMessage(t, seen, "cable", "page", about);
}

/** The card, and the security cards of the terminals that serve the shop. */
export async function readShop(t: CaseContext, site = theShop(t)): Promise<Accounts> {
  return await readAccounts(t, site.terminals);
}

/** Card, security cards, database and head end agree that the price was paid, once, and the item was released. */
export async function expectSold(
  t: CaseContext,
  before: Accounts,
  seen: PurchaseObservation,
  price: number,
  about?: About,
): Promise<void> {
  t.expect.completed(seen, about);
  expectMoved(t, before, await readAccounts(t, [...before.totals.keys()]), price, about);
  await expectBooked(t, seen.outcome.IDTRX, "confirmed", "released", about);
}

/** What the head end payment server's database and the head end's own record have of the sale. */
export async function expectBooked(
  t: CaseContext,
  IDTRX = "",
  row: "confirmed" | "failed" | "unresolved",
  sale: "open" | "released" | "failed",
  about?: About,
): Promise<void> {
  t.expect.equal("the sale at the head end", (await t.system.sale(IDTRX))?.status, sale, about);
  if (!t.facts.offers.database) return;
  const rows = await t.system.transactions("head-end-payment-server");
  const found = rows.filter((each) => each.IDTRX === IDTRX).map(({ status }) => status);
  t.expect.equal("the transaction at the head end payment server", found, [row], about);
}

/** Nothing of a sale that came to nothing was released, and nobody says otherwise. */
export async function expectNothingReleased(
  t: CaseContext,
  seen: PurchaseObservation,
  sale: "open" | "failed",
  about?: About,
): Promise<void> {
  t.expect.absent("goods or receipt for the user", seen.outcome.CONTENT, about);
  const { IDTRX = "" } = seen.outcome;
  t.expect.equal("the sale at the head end", (await t.system.sale(IDTRX))?.status, sale, about);
}
