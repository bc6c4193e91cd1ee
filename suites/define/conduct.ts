import type { Pics } from "../../harness/bench/pics.ts";
import type { Pixit } from "../../harness/bench/pixit.ts";
import type { Clock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import { writeResults } from "../../harness/evidence/derive.ts";
import type { Describe } from "../../harness/evidence/event.ts";
import { Evidence, type LineListener } from "../../harness/evidence/evidence.ts";
import type { LineFile } from "../../harness/evidence/line-file.ts";
import type { Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import type { RecordEvent, Station } from "../../harness/flows/station.ts";
import { type CampaignOutcome, type Progress, runCampaign } from "./campaign.ts";
import type { Case } from "./case.ts";

export interface ConductOptions {
  /** From `createRunDirectory`. */
  readonly dir: string;
  readonly run: RunIdentification;
  readonly cases: readonly Case[];
  readonly station: (record: RecordEvent) => Promise<Station>;
  readonly describe: Describe;
  readonly clock: Clock;
  readonly pics?: Pics | undefined;
  readonly pixit?: Pixit | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly diagnose?: boolean | undefined;
  readonly tell?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onLine?: LineListener | undefined;
  /** How the file of events is opened; the real one when absent. */
  readonly open?: ((path: string) => LineFile) | undefined;
}

export interface Conducted {
  readonly outcome: CampaignOutcome;
  /** Absent when evidence could not be kept. */
  readonly results?: Results | undefined;
  readonly storage?: PursebenchError | undefined;
}

/** A whole run: evidence, campaign, closing line, results. Rejects with `STORAGE` only when it cannot even begin. */
export async function conductRun(options: ConductOptions): Promise<Conducted> {
  const { dir, run, clock, describe, cases, pics, pixit, signal, diagnose, tell, onProgress, onLine, open } = options;
  await using evidence = new Evidence({ dir, run, clock, describe, onLine, ...(open ? { open } : {}) });
  const station = () => options.station(evidence.record);
  const outcome = await runCampaign({
    cases,
    station,
    evidence,
    clock,
    pics,
    pixit,
    signal,
    diagnose,
    tell,
    onProgress,
  });
  try {
    await evidence.close();
    return { outcome, results: await writeResults(dir) };
  } catch (thrown) {
    if (thrown instanceof PursebenchError) return { outcome, storage: thrown };
    throw thrown;
  }
}

/** 0 every selected case passed, 1 some failed, 2 none failed but not all passed, 130 interrupted. */
export function exitCodeOf({ outcome, storage }: Conducted): number {
  const { summary, interrupted } = outcome;
  if (interrupted) return 130;
  if (summary.fail > 0) return 1;
  if (storage || summary.inconc > 0 || summary.error > 0 || summary.notRun > 0) return 2;
  return summary.pass > 0 ? 0 : 2;
}
