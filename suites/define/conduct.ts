import type { KeyObject } from "node:crypto";
import { PursebenchError } from "../../harness/core/errors.ts";
import { writeResults } from "../../harness/evidence/derive.ts";
import { readEarlier } from "../../harness/evidence/earlier.ts";
import type { Describe } from "../../harness/evidence/event.ts";
import { Evidence, type LineListener } from "../../harness/evidence/evidence.ts";
import type { LineFile } from "../../harness/evidence/line-file.ts";
import type { Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import type { Operator } from "../../harness/flows/operator.ts";
import type { RecordEvent, Station } from "../../harness/flows/station.ts";
import { type CampaignOptions, type CampaignOutcome, runCampaign } from "./campaign.ts";
import type { GoldenDevice } from "./golden-devices.ts";
import { recordedHand } from "./recorded-hand.ts";

/** Opens a bench; `operator` leaves in the evidence what was asked for and done. */
type Open = (record: RecordEvent, operator: Operator | undefined) => Promise<Station>;

export interface ConductOptions extends Omit<CampaignOptions, "evidence" | "station" | "golden" | "earlier"> {
  /** From `createRunDirectory`, or that of the run that goes on. */
  readonly dir: string;
  readonly run: RunIdentification;
  /** The run broke off in `dir` and goes on there. */
  readonly goesOn?: boolean | undefined;
  readonly station: Open;
  readonly golden?: { readonly devices: readonly GoldenDevice[]; readonly open: Open } | undefined;
  /** Lends a hand where the bench needs one. */
  readonly operator?: Operator | undefined;
  readonly describe: Describe;
  readonly onLine?: LineListener | undefined;
  /** Key that the run will be sealed with; one that is sealed goes on with the same alone. */
  readonly signingKey?: KeyObject | undefined;
  /** How the file of events is opened; the real one when absent. */
  readonly open?: ((path: string) => LineFile) | undefined;
}

export interface Conducted {
  readonly outcome: CampaignOutcome;
  /** Absent when evidence could not be kept. */
  readonly results?: Results | undefined;
  readonly storage?: PursebenchError | undefined;
}

/**
 * A whole run: evidence, campaign, closing line, results. Rejects with `STORAGE` only when it cannot even begin, with `USAGE` where
 * it cannot go on.
 */
export async function conductRun(options: ConductOptions): Promise<Conducted> {
  const { dir, golden, clock } = options;
  const earlier = options.goesOn ? await readEarlier(dir) : undefined;
  await using evidence = await openEvidence(options);
  const hand = options.operator && recordedHand(options.operator, evidence, clock);
  const outcome = await runCampaign({
    ...options,
    evidence,
    earlier,
    clock: hand?.clock ?? clock,
    station: () => options.station(evidence.record, hand?.operator),
    golden: golden && { devices: golden.devices, open: (record) => golden.open(record, hand?.operator) },
  });
  try {
    await evidence.close();
    return { outcome, results: await writeResults(dir) };
  } catch (thrown) {
    if (thrown instanceof PursebenchError) return { outcome, storage: thrown };
    throw thrown;
  }
}

async function openEvidence(options: ConductOptions): Promise<Evidence> {
  return options.goesOn ? await Evidence.resume(options) : new Evidence(options);
}

/** 0 every selected case passed, 1 some failed, 2 none failed but not all passed, 130 interrupted. */
export function exitCodeOf({ outcome, storage }: Conducted): number {
  const { summary, interrupted, stopped, verdict } = outcome;
  if (interrupted) return 130;
  // What a bench is not good for, it cannot say: golden devices failed, or the run could not go on.
  if (stopped !== undefined || (verdict === "inconc" && summary.fail > 0)) return 2;
  if (summary.fail > 0) return 1;
  if (storage || verdict !== "pass" || summary.notRun > 0) return 2;
  return 0;
}
