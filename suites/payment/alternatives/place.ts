/** Sites of the base payment that are served by terminals of one kind alone, for cases about that kind. */
import { BASE_PROFILE } from "../../../harness/core/sale-profile.ts";
import type { SiteFacts, SystemFacts, TerminalFacts } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { firstSite, terminalFits } from "../../define/site-need.ts";
import { type Accounts, expectMoved, readAccounts } from "../support/money.ts";

export type TerminalNeed = Partial<TerminalFacts>;

/** For `applies`. */
export function hasSiteAt(need: TerminalNeed) {
  return ({ facts }: { readonly facts: SystemFacts }): true | string =>
    siteWith(facts, need) !== undefined || "no site of this bench is served by such a terminal alone";
}

/** The site, with its one terminal. */
export function siteAt(t: CaseContext, need: TerminalNeed): SiteFacts & { readonly IDTERM: string } {
  const site = t.expect.present("a site that is served by such a terminal", siteWith(t.facts, need), {
    owner: "bench",
  });
  return { ...site, IDTERM: site.terminals?.[0] ?? "" };
}

/** Card and security cards of the terminals that serve the site. */
export async function readAt(t: CaseContext, { terminals }: Pick<SiteFacts, "terminals">): Promise<Accounts> {
  return await readAccounts(t, terminals);
}

/** Card, security cards, database and merchant agree that the price was paid, once, and the item was released. */
export async function expectPaidAt(
  t: CaseContext,
  before: Accounts,
  IDTRX: string | undefined,
  price: number,
  about?: About,
): Promise<void> {
  expectMoved(t, before, await readAccounts(t, [...before.totals.keys()]), price, about);
  t.expect.equal("the sale at the merchant", (await t.system.sale(IDTRX ?? ""))?.status, "released", about);
  if (!t.facts.offers.database) return;
  t.expect.equal("the transaction", (await t.system.transaction(IDTRX ?? ""))?.status, "confirmed", about);
}

/** The first item that the site sells. */
export function itemAt({ facts }: CaseContext, { SITE }: SiteFacts): SystemFacts["catalogue"][number] {
  const found = facts.catalogue.find((item) => item.SITE === SITE);
  if (!found) throw new Error(`unreachable: the site ${SITE} sells nothing`);
  return found;
}

function siteWith({ sites, terminals }: SystemFacts, need: TerminalNeed): SiteFacts | undefined {
  const fitting = new Set(terminals.filter((each) => terminalFits(each, need)).map(({ IDTERM }) => IDTERM));
  const served = sites.filter((site) => site.terminals?.length === 1 && fitting.has(site.terminals[0] ?? ""));
  return firstSite(served, { kind: "internet", ...BASE_PROFILE });
}
