/**
 * FIG 15 and FIG 17 are one flow (`load.md`): a case is written once and made for each source of funds, with the requirements of
 * the figure that it then shows.
 */
import type { CipherSuite } from "../../../harness/core/sale-profile.ts";
import type { LoadSiteFacts } from "../../../harness/flows/loading.ts";
import type { Case, CaseContext, Needs } from "../../define/case.ts";
import type { LoadSiteNeed } from "../../define/site-need.ts";

export interface Source {
  /** Ends the ids of its cases. */
  readonly id: "BANK" | "BANK-DES" | "FUND" | "FUND-DES" | "FUND-DIRECT";
  readonly source: LoadSiteFacts["source"];
  readonly direct: boolean;
  readonly suite: CipherSuite;
  /** Only where time costs nothing; elsewhere its cases are represented by those of other sources (`onLab`). */
  readonly exhaustive?: true;
}

const AES = "AES-128-GCM";
const DES = "3DES-CBC-MAC";

/** A bank account and a pre-funded account, both with AES. */
export const BOTH: readonly Source[] = [
  { id: "BANK", source: "bank", direct: false, suite: AES },
  { id: "FUND", source: "pre-funded", direct: false, suite: AES },
];

/** Besides, triple DES in both, and the direct path (861). */
export const EVERY: readonly Source[] = [
  ...BOTH,
  { id: "BANK-DES", source: "bank", direct: false, suite: DES },
  { id: "FUND-DES", source: "pre-funded", direct: false, suite: DES },
  { id: "FUND-DIRECT", source: "pre-funded", direct: true, suite: AES },
];

/** The same sources, of which only those with these ids are shown where time is dear. */
export function onLab(sources: readonly Source[], ...ids: readonly Source["id"][]): readonly Source[] {
  return sources.map((source) => (ids.includes(source.id) ? source : { ...source, exhaustive: true }));
}

/** What a case for that source needs of the bench. */
export function siteNeed({ source, direct, suite }: Source): LoadSiteNeed {
  return { source, direct, suite };
}

/** The site of the bench for that source. */
export function siteOf(t: CaseContext, source: Source): LoadSiteFacts {
  return t.loadSiteFor(siteNeed(source));
}

/** `needs` and a site of that source. */
export function needing(source: Source, needs: Needs = {}): Needs {
  const rare = source.exhaustive ? { exhaustive: true as const } : {};
  return { ...needs, ...rare, loadSites: [siteNeed(source), ...(needs.loadSites ?? [])] };
}

/**
 * The requirement of the figure of that source, from the end of the id in FIG 15: "879-a" is LOAD-BANK-879-a and LOAD-PRE-1079-a,
 * "0128-a" LOAD-BANK-0128-a and LOAD-PRE-0151-a. An id of neither kind stays as it is.
 */
export function requirementOf({ source }: Pick<Source, "source">, end: string): string {
  if (!/^[0-9]{3,4}(-|$)/.test(end)) return end;
  if (source === "bank") return `LOAD-BANK-${end}`;
  const [number = "", ...rest] = end.split("-");
  const twin = number.length === 3 ? `10${number.slice(1)}` : (PARAGRAPHS[number] ?? number);
  return ["LOAD-PRE", twin, ...rest].join("-");
}

/** Paragraphs of the seed on FIG 15, and those on FIG 17 that say the same. */
const PARAGRAPHS: Readonly<Record<string, string>> = {
  "0117": "0141",
  "0118": "0142",
  "0122": "0145",
  "0123": "0146",
  "0124": "0147",
  "0128": "0151",
  "0136": "0158",
};

/** One case for each source: `define` gives its id (without the source), and everything else. Requirements as `requirementOf` takes them. */
export function forSources(sources: readonly Source[], define: (source: Source) => Case): Case[] {
  return sources.map((source) => {
    const definition = define(source);
    return Object.freeze({
      ...definition,
      id: `${definition.id}-${source.id}`,
      requirements: definition.requirements.map((end) => requirementOf(source, end)),
      needs: needing(source, definition.needs),
    });
  });
}
