import type { Footprint } from "./footprint.ts";

const MIB = 1_048_576;

/**
 * How much more may be held at the end than after the warm-up. Files and resources come and go by a few (a connection
 * that is kept open for the next request); memory may hold what a bench has to remember of the purchases in its
 * database, some kilobytes each, and what allocators keep for later.
 */
export function allowedGrowth(purchases: number): Footprint {
  return {
    files: 3,
    resources: 3,
    heapBytes: 4 * MIB + 2048 * purchases,
    residentBytes: 48 * MIB + 16_384 * purchases,
    labFiles: 2,
    labResidentBytes: 48 * MIB + 2048 * purchases,
  };
}

/** One sentence for each kind of thing that grew more than `allowed`. */
export function growthFlaws(before: Footprint, after: Footprint, allowed: Footprint): readonly string[] {
  const kinds = ["files", "resources", "heapBytes", "residentBytes", "labFiles", "labResidentBytes"] as const;
  return kinds
    .filter((kind) => after[kind] - before[kind] > allowed[kind])
    .map((kind) => `${kind} grew from ${before[kind]} to ${after[kind]}, by more than ${allowed[kind]}`);
}
