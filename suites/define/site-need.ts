/** What cases need of the parties of a bench: sites by what was agreed for them, terminals by what they are. */
import type { SaleProfile } from "../../harness/core/sale-profile.ts";
import type { LoadSiteFacts } from "../../harness/flows/loading.ts";
import type { SiteFacts, TerminalFacts } from "../../harness/flows/system.ts";

/**
 * What must be agreed for a site. What is absent may be anything; `encryption: undefined` asks for a site without
 * encryption layer.
 */
export type SiteNeed = Partial<SaleProfile & Pick<SiteFacts, "kind">>;

/** The first site that fits. */
export function firstSite(sites: readonly SiteFacts[], need: SiteNeed): SiteFacts | undefined {
  return sites.find(({ kind, profile }) => holds({ kind, ...profile }, need));
}

/** What must hold of a site where value can be loaded. */
export type LoadSiteNeed = Partial<
  Pick<LoadSiteFacts, "source" | "direct" | "suite" | "additionalServer" | "keeps" | "IDMER">
>;

/** The first one that fits. */
export function firstLoadSite(sites: readonly LoadSiteFacts[], need: LoadSiteNeed): LoadSiteFacts | undefined {
  return sites.find((site) => holds(site, need));
}

export function terminalFits(terminal: TerminalFacts, need: Partial<TerminalFacts>): boolean {
  return holds(terminal, need);
}

/** "comparison merchant, encryption none"; "any profile" for a need that asks for nothing. */
export function profileWords(need: SiteNeed | LoadSiteNeed): string {
  return words(need) || "any profile";
}

/** "kind dumb, reach direct". */
export function terminalWords(need: Partial<TerminalFacts>): string {
  return words(need) || "any properties";
}

function holds(facts: object, need: object): boolean {
  const known = new Map(Object.entries(facts));
  return Object.entries(need).every(([name, value]) => known.get(name) === value);
}

function words(need: object): string {
  return Object.entries(need)
    .map(([name, value]) => `${name} ${word(value)}`)
    .join(", ");
}

function word(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === undefined ? "none" : String(value);
}
