/** Which terminals serve which site, and with which security card. */
import type { SiteFields, TerminalFields } from "./site-fields.ts";
import type { DeviceSpec } from "./spec.ts";

export interface SitesAndTerminals {
  readonly sites: readonly SiteFields[];
  readonly terminals: readonly TerminalFields[];
}

/** The payment server that sales of this site go to. */
export function serverOf({ kind }: SiteFields): TerminalFields["server"] {
  return kind === "cable" ? "head-end-payment-server" : "payment-server";
}

/** True for a terminal that sites ask for by its id: it serves them alone. */
export function isNamed(id: string, { sites }: SitesAndTerminals): boolean {
  return sites.some(({ terminals = [] }) => terminals.includes(id));
}

/** Ids of the terminals that may serve `site`: those it names, else those of its payment server that no site names. */
export function servingTerminals(site: SiteFields, bench: SitesAndTerminals): readonly string[] {
  if (site.terminals) return site.terminals;
  const server = serverOf(site);
  const free = bench.terminals.filter((each) => each.server === server && !isNamed(each.id, bench));
  return free.map(({ id }) => id);
}

/** The security card of a terminal that the harness plays; undefined for one that brings its own. */
export function psamOf(
  { terminal, psam }: { readonly terminal: DeviceSpec; readonly psam?: DeviceSpec | undefined },
  index: number,
  ofBench: DeviceSpec,
): DeviceSpec | undefined {
  if (terminal.kind !== "sim") return undefined;
  return psam ?? (index === 0 ? ofBench : { kind: "sim" });
}
