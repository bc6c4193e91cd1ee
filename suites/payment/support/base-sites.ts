/** The part of a bench that the base payment (FIG 4) is about: sites with which nothing else was agreed. */
import type { SiteFacts, SystemFacts } from "../../../harness/flows/system.ts";

/** The bench's first site, and those of the same kind, agreement and terminals. */
export function baseSites({ sites }: SystemFacts): readonly SiteFacts[] {
  const [first] = sites;
  return first === undefined ? [] : sites.filter((site) => agreement(site) === agreement(first));
}

/** What they sell, in the order of the catalogue. */
export function baseItems(facts: SystemFacts): SystemFacts["catalogue"] {
  const names = new Set(baseSites(facts).map(({ SITE }) => SITE));
  return facts.catalogue.filter(({ SITE }) => names.has(SITE));
}

function agreement({ kind, profile, terminals = [] }: SiteFacts): string {
  const { comparison, encryption, confirmation, direct } = profile;
  return JSON.stringify([kind, comparison, encryption ?? null, confirmation, direct, terminals]);
}
