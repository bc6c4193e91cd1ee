/** `results.json`: derived from `run.json` and the events, never written by hand. Design, section 6. */
import type { LinkName } from "../core/trace.ts";
import type { IutIdentity, Latency, SpecimenIdentity } from "../flows/station.ts";
import type { CaseEnd, CaseHeader, Rerun } from "./event.ts";
import type { RunMode } from "./run-identification.ts";
import type { Outcome, Summary, Verdict } from "./verdict.ts";

export interface ResultStep {
  readonly step: string;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly link: LinkName;
}

export interface CaseResult extends CaseHeader, Omit<CaseEnd, "outcome"> {
  readonly verdict: Outcome;
  readonly durationMs: number;
  readonly steps: readonly ResultStep[];
  /** Why a failure is its owner's, where the case was run again to tell. */
  readonly ownerBecause?: string | undefined;
  readonly reruns?: readonly Rerun[] | undefined;
  /** How that ended which the case brought about, where it says so. */
  readonly ending?: string | undefined;
  /** First and last line of `events.jsonl` that belong to the case; absent when it never began. */
  readonly events?: { readonly from: number; readonly to: number } | undefined;
}

export interface Results {
  readonly format: "pursebench-results/1";
  readonly run: {
    readonly id: string;
    readonly started: string;
    /** Wall time of the last line. */
    readonly ended: string;
    readonly lines: number;
    /** False when the run broke off: the evidence has no closing line. */
    readonly complete: boolean;
    /** Why it was interrupted, if it was. */
    readonly interrupted?: string | undefined;
  };
  readonly iut: IutIdentity;
  readonly bench: {
    readonly name: string;
    readonly devices: readonly { readonly name: string; readonly version: string }[];
    /** Devices that are not the harness's own, as they said of themselves before the first case. */
    readonly specimens?: readonly SpecimenIdentity[] | undefined;
    /** Measured before the first case. */
    readonly latencies?: readonly Latency[] | undefined;
  };
  readonly mode: RunMode;
  readonly verdict: Verdict;
  readonly summary: Summary;
  readonly cases: readonly CaseResult[];
}
