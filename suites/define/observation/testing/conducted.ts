/** Runs with evidence on the bench in this process, for tests of what judges them again. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBench } from "../../../../harness/bench/load.ts";
import { systemClock } from "../../../../harness/core/clock.ts";
import type { TraceEvent } from "../../../../harness/core/trace.ts";
import { REFERENCE, type Variation } from "../../../../harness/defects/variation.ts";
import type { Results } from "../../../../harness/evidence/results.ts";
import { SAMPLE_RUN } from "../../../../harness/evidence/testing/sample-run.ts";
import { describe } from "../../../../harness/protocol/messages/describe.ts";
import { testKeys } from "../../../../harness/station/fixtures.ts";
import { openStation } from "../../../../harness/station/index.ts";
import type { Case } from "../../case.ts";
import { conductRun } from "../../conduct.ts";
import { type Rejudgement, rejudge } from "../rejudge.ts";

export const KEYS = testKeys();

export interface TestRun {
  readonly dir: string;
  readonly results: Results;
}

/** `onEvent` hears what the bench records, before anything is overwritten. */
export async function conducted(
  cases: readonly Case[],
  variation: Variation = REFERENCE,
  onEvent: (event: TraceEvent) => void = () => undefined,
  on = "inproc",
): Promise<TestRun> {
  const dir = mkdtempSync(join(tmpdir(), "pursebench-rejudge-"));
  const { bench } = loadBench(on);
  const { results } = await conductRun({
    dir,
    run: SAMPLE_RUN,
    cases,
    station: (record) =>
      openStation({ bench, iut: "card", variation }, (event, ...where) => {
        onEvent(event);
        return record(event, ...where);
      }),
    describe,
    clock: systemClock,
  });
  if (!results) throw new Error("the run left no results");
  return { dir, results };
}

export async function judgedAgain({ dir }: Pick<TestRun, "dir">, cases: readonly Case[]): Promise<Rejudgement> {
  return await rejudge({ dir, cases, keys: KEYS });
}
