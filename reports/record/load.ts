/** Reads a run directory for the reports. */

import type { EvidenceLine } from "../../harness/evidence/event.ts";
import { readEvents, readResults, readRun } from "../../harness/evidence/reader.ts";
import { type Verification, verifyRun } from "../../harness/evidence/verify.ts";
import { recordOf } from "./from-evidence.ts";
import type { RunRecord } from "./run-record.ts";

/** Rejects with `USAGE` when `runDir` holds no run with results. Damage to the evidence becomes a reservation. */
export async function loadRun(runDir: string): Promise<RunRecord> {
  const [identification, results, verification] = await Promise.all([
    readRun(runDir),
    readResults(runDir),
    verifyRun(runDir),
  ]);
  const lines: EvidenceLine[] = [];
  for await (const line of readEvents(runDir)) lines.push(line);
  return recordOf({ identification, results, lines, head: verification.head, trouble: troubleOf(verification) });
}

function troubleOf({ damage }: Verification): readonly string[] {
  return damage.map(({ file, line, what }) => {
    const where = line === undefined ? file : `${file}, line ${line}`;
    return `The evidence did not verify when this report was made: ${where} ${what}.`;
  });
}
