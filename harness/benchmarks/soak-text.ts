import type { Footprint } from "./footprint.ts";
import type { SoakReport } from "./soak-run.ts";

export function soakText({ purchases, totals, before, after, allowed, medianMs, flaws }: SoakReport): string {
  const grown = (what: string, kind: keyof Footprint) =>
    `  ${what}: ${before[kind]} after the warm-up, ${after[kind]} at the end (may grow by ${allowed[kind]})`;
  return [
    `${purchases} purchases by one card, median ${medianMs.toFixed(1)} ms`,
    `  minor units paid: card ${totals.card}, PSAM ${totals.psam}, merchant ${totals.merchant}`,
    grown("open files", "files"),
    grown("busy resources", "resources"),
    grown("heap, bytes", "heapBytes"),
    grown("resident, bytes", "residentBytes"),
    grown("open files of the lab", "labFiles"),
    grown("resident in the lab, bytes", "labResidentBytes"),
    ...flaws.map((flaw) => `FLAW ${flaw}`),
    flaws.length === 0 ? "Nothing failed, nothing was lost, nothing was kept." : `${flaws.length} flaws.`,
    "",
  ].join("\n");
}
