/** Failed cases whose owner is looked for. */
import type { Station } from "../../harness/flows/station.ts";
import type { CampaignCase, CampaignOptions } from "./campaign-options.ts";
import type { CaseLedger } from "./case-ledger.ts";
import { MOST_DIAGNOSES, ownerBy, type Suspect } from "./diagnose.ts";

/** By the id of the case. */
export type Suspects = ReadonlyMap<string, Suspect>;

/** Those that are to be run again, the first ones that failed; without a `station`, those that would be where it can be done. */
export function suspectsOf(
  { diagnose, tell, evidence, signal, cases, earlier }: CampaignOptions,
  station: Station | undefined,
  ledger: CaseLedger,
): Suspects {
  if (!diagnose || evidence.broken || signal?.aborted) return new Map();
  if (station && (station.replacements ?? []).length === 0) return new Map();
  const failed = cases
    .map((definition) => ({ definition, end: ledger.finished(definition) }))
    .filter(({ end }) => end?.outcome === "fail")
    .slice(0, MOST_DIAGNOSES)
    .filter(({ definition }) => !earlier?.diagnosed.has(definition.id));
  if (station && failed.length > 0) {
    const what = failed.length === 1 ? "The case that failed is" : `${failed.length} cases that failed are`;
    tell?.(`${what} run again with other devices, to tell whose the failure is: it stays a failure.`);
  }
  return new Map(
    failed.map(({ definition, end }) => [
      definition.id,
      { definition, owner: end?.owner ?? definition.owner, reruns: [] },
    ]),
  );
}

/** Says in the evidence, and in what is given back, whose each failure is. */
export function diagnosed(
  { evidence, earlier }: CampaignOptions,
  done: readonly CampaignCase[],
  suspects: Suspects,
): readonly CampaignCase[] {
  return done.map((each) => {
    const { id } = each.definition;
    const suspect = suspects.get(id);
    const known = suspect ? ownerBy(suspect) : earlier?.diagnosed.get(id);
    if (!known) return each;
    const { owner, because } = known;
    if (suspect) evidence.write({ kind: "diagnosis", owner, because, reruns: suspect.reruns }, id);
    return { ...each, finished: { ...each.finished, owner }, ownerBecause: because };
  });
}
