/** `results.json`: derived from `run.json` and the events, never written by hand. Design, section 6. */
import type { LinkName } from "../core/trace.ts";
import type { IutIdentity, Latency, SpecimenIdentity } from "../flows/station.ts";
import type { CaseEnd, CaseHeader, EvidenceEvent, Json, Rerun, Waiver } from "./event.ts";
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
  /** All attempts in their order, the last one too, where there was more than one. The verdict is never better than by the rules of `attempts.ts`. */
  readonly attempts?: readonly Attempt[] | undefined;
  /** Who accepts this failure, where somebody does. */
  readonly waiver?: Waiver | undefined;
  /** First and last line of `events.jsonl` that belong to the case; absent when it never began. */
  readonly events?: { readonly from: number; readonly to: number } | undefined;
}

/** One time that a case was run. */
export interface Attempt {
  /** `notRun`: it broke off. */
  readonly verdict: Outcome;
  readonly reason: string;
  readonly durationMs: number;
  readonly events: { readonly from: number; readonly to: number };
}

/** A golden device in place of the one under test. */
export type Golden = Omit<Extract<EvidenceEvent, { kind: "golden" }>, "kind">;

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
    /** The case that was under way when a run broke off that has no closing line. */
    readonly stoppedIn?: string | undefined;
    /** How often it went on after it had broken off. */
    readonly resumed?: number | undefined;
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
  /** What the devices claim and which they are. */
  readonly claims?: { readonly pics?: Json | undefined; readonly pixit?: Json | undefined } | undefined;
  readonly golden?: readonly Golden[] | undefined;
  readonly mode: RunMode;
  readonly verdict: Verdict;
  readonly summary: Summary;
  readonly cases: readonly CaseResult[];
}
