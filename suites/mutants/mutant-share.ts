/** The seeded defects, dealt out to test files that run beside each other. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases } from "../index.ts";
import { runMutants } from "./run-mutants.ts";

/** Some defects are claimed by hundreds of cells of a matrix: these stand for them here, `pursebench mutants` runs all. */
const MOST_CASES = 6;

const SHARE_FILE = /^mutants-\d+\.test\.ts$/;

/**
 * Registers the defects that fall to the test file at `url`, one of `mutants-N.test.ts`; another file takes its part of the
 * work by being there. That the reference system raises no false alarm is seen by `conformance.inproc.test.ts`.
 */
export function registerMutantShare(url: string): void {
  const file = fileURLToPath(url);
  const files = readdirSync(dirname(file))
    .filter((name) => SHARE_FILE.test(name))
    .sort();
  const share = files.indexOf(basename(file));
  const title = `every seeded defect is caught by the cases that claim it, ${share + 1} of ${files.length}`;
  test(title, { timeout: 900_000 }, async () => {
    const { bench } = loadBench("inproc");
    const defects = seededDefects().filter((_, index) => index % files.length === share);
    const found = await runMutants({ bench, defects, cases, baseline: false, mostCases: MOST_CASES });
    expect(found.survived).toEqual([]);
    expect(found.killed).toBe(defects.length);
  });
}
