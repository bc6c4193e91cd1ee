import type { Pics } from "../../harness/bench/pics.ts";
import type { Pixit } from "../../harness/bench/pixit.ts";
import type { Clock } from "../../harness/core/clock.ts";
import type { PursebenchError } from "../../harness/core/errors.ts";
import type { Earlier } from "../../harness/evidence/earlier.ts";
import type { EvidenceEvent, Waiver } from "../../harness/evidence/event.ts";
import type { Recorder } from "../../harness/evidence/recorder.ts";
import type { Golden } from "../../harness/evidence/results.ts";
import type { Summary, Verdict } from "../../harness/evidence/verdict.ts";
import type { Station } from "../../harness/flows/station.ts";
import type { Case } from "./case.ts";
import type { Finished } from "./execute.ts";
import type { GoldenBench } from "./golden-devices.ts";

export interface Progress {
  readonly index: number;
  readonly total: number;
  readonly definition: Case;
  /** 2 or more where the case was run before. */
  readonly attempt?: number | undefined;
  /** Absent when the case begins. */
  readonly finished?: Finished;
}

export interface CampaignOptions {
  readonly cases: readonly Case[];
  /** Opens the bench; the campaign takes it down again. A failure here makes every case inconclusive. */
  readonly station: () => Promise<Station>;
  readonly evidence: Recorder;
  readonly clock: Clock;
  readonly pics?: Pics | undefined;
  readonly pixit?: Pixit | undefined;
  /** PICS and PIXIT as evidence keeps them. */
  readonly claims?: Omit<Extract<EvidenceEvent, { kind: "claims" }>, "kind"> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Cases that fail are run again with devices replaced, where the station can, to tell whose the failure is. */
  readonly diagnose?: boolean | undefined;
  /** How often a case that did not pass is run once more at most, after all others. */
  readonly retry?: number | undefined;
  /** Devices known to be good, which stand in place of those of the bench before the first case and after the last. */
  readonly golden?: GoldenBench | undefined;
  readonly waivers?: readonly Waiver[] | undefined;
  /** What the evidence has already, where the run broke off and goes on. */
  readonly earlier?: Earlier | undefined;
  /** Hears what is done beside the cases, one sentence at a time. */
  readonly tell?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface CampaignCase {
  readonly definition: Case;
  /** By the attempt that decides. */
  readonly finished: Finished;
  /** How often it was run. */
  readonly attempts: number;
  /** Why a failure is its owner's, where that was looked for. */
  readonly ownerBecause?: string | undefined;
  /** Who accepts this failure, where somebody does. */
  readonly waiver?: Waiver | undefined;
}

export interface CampaignOutcome {
  readonly verdict: Verdict;
  readonly summary: Summary;
  readonly cases: readonly CampaignCase[];
  readonly golden: readonly Golden[];
  readonly interrupted: boolean;
  /** Why a run that broke off could not go on: nothing was run, and it can be tried again. */
  readonly stopped?: string | undefined;
  /** Why evidence could not be kept, if so. */
  readonly storage?: PursebenchError | undefined;
}
