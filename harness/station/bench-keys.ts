/** A bench and its test key set have to know the same account holders: found before anything is opened. */
import { didYouMean } from "../bench/nearest.ts";
import type { Bench } from "../bench/schema.ts";
import { PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { testKeys } from "./fixtures.ts";

const MAX_BYTES = 1 << 20;

/** `file`: of the bench description. Throws `USAGE` with file, line, field, found and expected. */
export function checkBenchKeys({ keys: path, loadSites }: Bench, file: string): void {
  const keys = testKeys(path);
  const holders = keys.accountHolders;
  for (const [index, { IDMER, source }] of loadSites.entries()) {
    const holder = holders.find((each) => each.IDMER === IDMER);
    const complain = (field: string, found: string, expected: string) =>
      new PursebenchError(
        "USAGE",
        `${file}:${lineOf(file, IDMER)}: loadSites.${index}.${field}: found "${found}", expected ${expected}`,
        { mend: `the test key set has ${holders.map((each) => `${each.IDMER} (${each.source})`).join(", ")}` },
      );
    if (!holder) {
      const names = holders.map((each) => each.IDMER);
      throw complain("IDMER", IDMER, `an account holder of the test key set${didYouMean(IDMER, names)}`);
    }
    if (holder.source !== source) throw complain("source", source, `${holder.source}: so is the contract of ${IDMER}`);
  }
}

/** Counted from 1. */
function lineOf(file: string, IDMER: string): number {
  const lines = readBoundedFile(file, MAX_BYTES).toString("utf8").split("\n");
  return lines.findIndex((line) => line.includes(IDMER)) + 1;
}
