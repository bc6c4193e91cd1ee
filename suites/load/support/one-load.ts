/** One load of a case, with everything that is looked at in it. */
import type { LoadObservation, LoadSiteFacts } from "../../../harness/flows/loading.ts";
import type { CaseContext } from "../../define/case.ts";
import { type Initialisation, theInitialisation } from "./observe.ts";
import { type LoadKeys, loadKeys, type ShownPage, theLoadPage } from "./page.ts";
import { requirementOf, type Source, siteOf } from "./sources.ts";

export interface OneLoad {
  readonly seen: LoadObservation;
  readonly site: LoadSiteFacts;
  readonly page: ShownPage["page"];
  readonly keys: LoadKeys;
  /** INITIALIZE IEP of the load request. */
  readonly request: Initialisation;
}

/** Loads `MLDA` minor units from the first account of that source; it need not succeed, but must come as far as the card's request. */
export async function loadOnce(t: CaseContext, source: Source, MLDA = 2500): Promise<OneLoad> {
  const site = siteOf(t, source);
  const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
  return { seen, site, ...partsOf(t, source, seen) };
}

/** Page, keys and load request of a load that was observed. */
export function partsOf(t: CaseContext, source: Source, seen: LoadObservation): Omit<OneLoad, "seen" | "site"> {
  const shown = theLoadPage(t, seen, source);
  return { page: shown.page, keys: loadKeys(t, shown, source), request: theInitialisation(t, seen) };
}

/** `{ requirement }` of the figure of that source. */
export function aboutOf(source: Source, end: string): { readonly requirement: string } {
  return { requirement: requirementOf(source, end) };
}
