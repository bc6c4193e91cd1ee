/** Sales as their merchants know them: prices of the catalogue, the card in the reader, and what the outcome names. */
import type { PaymentServerName, TerminalFacts } from "../../../harness/flows/system.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { firstSite as firstSiteLike, type SiteNeed, terminalFits } from "../../define/site-need.ts";

export interface Sale {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly IDTERM: string;
  readonly server: PaymentServerName;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  /** Minor units: the price in the catalogue. */
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
}

/** The bench has both where a terminal is the cable provider's. */
export function serversOf({ facts }: Pick<CaseContext, "facts">): readonly PaymentServerName[] {
  return [...new Set(facts.terminals.map(({ server }) => server))];
}

/** The card in the reader buys one piece, and everything goes well. `ITEM`: the first of that site when absent. */
export async function sell(t: CaseContext, SITE: string, ITEM?: string, about?: About): Promise<Sale> {
  const items = t.facts.catalogue.filter((each) => each.SITE === SITE && (ITEM === undefined || each.ITEM === ITEM));
  const item = t.expect.present(`${ITEM ?? "something"} that ${SITE} sells`, items[0], { owner: "bench" });
  const site = t.expect.present(
    `site ${SITE}`,
    t.facts.sites.find((each) => each.SITE === SITE),
    { owner: "bench" },
  );
  const { PPIEP, IDIEP, NTIEP } = await t.system.readPurse();
  const seen = await t.system.purchase({ SITE, ITEM: item.ITEM });
  t.expect.completed(seen, about);
  const IDTRX = t.expect.present("identifier of the purchase", seen.outcome.IDTRX, about);
  const row = t.expect.present("row of the purchase", await t.system.transaction(IDTRX), about);
  const server = site.kind === "cable" ? "head-end-payment-server" : "payment-server";
  const IDTERM = t.expect.present("its terminal", row.IDTERM, about);
  const { price: MPDA, CURR, CEXP } = item;
  return { IDTRX, IDMER: site.IDMER, IDTERM, server, PPIEP, IDIEP, NTIEP, MPDA, CURR, CEXP };
}

/** Site of the first need of the case, by name. */
export function firstSite(t: CaseContext): string {
  return t.siteFor({ kind: "internet" }).SITE;
}

export async function collectAll(t: CaseContext): Promise<void> {
  for (const server of serversOf(t)) await t.system.clearing.collect(server);
}

export async function deliverAll(t: CaseContext): Promise<void> {
  for (const server of serversOf(t)) await t.system.clearing.fetchDeliveries(server);
}

/** From the terminals to the clearing system and back: what a day ends with. */
export async function clear(t: CaseContext): Promise<void> {
  await collectAll(t);
  await t.system.clearing.forward();
  await deliverAll(t);
}

export interface Group {
  readonly sum: number;
  readonly count: number;
}

/** Sums and numbers by what `nameOf` says of a sale. */
export function grouped(sales: readonly Sale[], nameOf: (sale: Sale) => string): Readonly<Record<string, Group>> {
  const groups = new Map<string, Group>();
  for (const sale of sales) {
    const { sum, count } = groups.get(nameOf(sale)) ?? { sum: 0, count: 0 };
    groups.set(nameOf(sale), { sum: sum + sale.MPDA, count: count + 1 });
  }
  return Object.fromEntries([...groups].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const unitOf = ({ CURR, CEXP }: Pick<Sale, "CURR" | "CEXP">): string => `${CURR}/${CEXP}`;

/** A site whose sales all go through one terminal like that, by name; undefined where the bench has none. */
export function siteAt({ facts }: Pick<CaseContext, "facts">, need: Partial<TerminalFacts>): string | undefined {
  const fits = new Set(facts.terminals.filter((each) => terminalFits(each, need)).map(({ IDTERM }) => IDTERM));
  return facts.sites.find(({ terminals }) => terminals?.length === 1 && fits.has(terminals[0] ?? ""))?.SITE;
}

/** One site of each kind: of the base payment, FIG 5 to 7, under the encryption layer, dumb and direct terminals, the cable provider's. */
export function oneOfEach(t: CaseContext): readonly string[] {
  const { sites } = t.facts;
  const like = (need: SiteNeed) => firstSiteLike(sites, need)?.SITE;
  const found = [
    like({ kind: "internet", comparison: "psam", encryption: undefined }),
    like({ kind: "internet", comparison: "payment-server" }),
    like({ kind: "internet", comparison: "head-end" }),
    like({ kind: "internet", comparison: "merchant" }),
    like({ kind: "internet", encryption: "AES-128-GCM" }),
    like({ kind: "internet", encryption: "3DES-CBC-MAC" }),
    siteAt(t, { kind: "dumb" }),
    siteAt(t, { kind: "smart", reach: "direct" }),
    like({ kind: "cable", comparison: "psam" }),
    like({ kind: "cable", encryption: "AES-128-GCM" }),
  ];
  return [...new Set(found.filter((SITE) => SITE !== undefined))];
}

/** A site whose sales all go through one smart terminal, so that they meet there; the first site where the bench has none. */
export function siteOfOneTerminal(t: CaseContext): string {
  return siteAt(t, { kind: "smart", server: "payment-server" }) ?? firstSite(t);
}
