/** What the trend page and the page of a night show. Days are YYYY-MM-DD (UTC), durations milliseconds. */
import type { Outcome } from "../../harness/evidence/verdict.ts";

/** What became of a job in a night. */
export const JOB_STATES = ["expected", "unexpected", "unclear", "notRun", "interrupted"] as const;
export type JobState = (typeof JOB_STATES)[number];

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** One job on one day; of several nights on a day the last. */
export interface TrendCell {
  readonly day: string;
  readonly job: string;
  readonly state: JobState;
  /** One line: counts, or why there are none. */
  readonly text: string;
}

/** All runs of a day, or of a month (YYYY-MM), together. */
export interface TrendCounts {
  readonly period: string;
  readonly runs: number;
  readonly outcomes: OutcomeCounts;
}

/** A month from before the nights that are shown one by one. */
export interface TrendMonth extends TrendCounts {
  readonly jobs: number;
  /** Jobs that were as expected. */
  readonly expected: number;
  readonly durationMs: number;
}

/** `harness/nightly/history/flaky.ts` has the rule. */
export interface FlakyCase {
  readonly job: string;
  readonly device: string;
  readonly caseId: string;
  readonly runs: number;
  /** How often the outcome changed from one run to the next, or within a run that tried again. */
  readonly flips: number;
  /** Oldest first. */
  readonly last: readonly Outcome[];
}

/** A case that takes longer than it took. */
export interface SlowerCase {
  readonly job: string;
  readonly caseId: string;
  readonly beforeMs: number;
  readonly nowMs: number;
}

export interface BenchOut {
  readonly host: string;
  readonly bench: string;
  readonly badNights: number;
  /** It stays out until somebody reinstates it. */
  readonly isOut: boolean;
  readonly since: string;
  readonly reason: string;
}

export interface Trend {
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly made: string;
  /** The last day shown. */
  readonly day: string;
  /** Days shown one by one, oldest first, without gaps. */
  readonly days: readonly string[];
  readonly jobs: readonly string[];
  readonly cells: readonly TrendCell[];
  readonly counts: readonly TrendCounts[];
  readonly months: readonly TrendMonth[];
  readonly flaky: readonly FlakyCase[];
  readonly slower: readonly SlowerCase[];
  readonly benches: readonly BenchOut[];
}

/** A job in the report of its night. */
export interface NightJob {
  readonly job: string;
  readonly bench: string;
  readonly state: JobState;
  /** One sentence. */
  readonly reason: string;
  readonly surprises: readonly { readonly kind: string; readonly about: string; readonly text: string }[];
  readonly device?: string | undefined;
  readonly run?: string | undefined;
  /** Directory of the run, relative to that of the night. */
  readonly dir?: string | undefined;
  readonly outcomes?: OutcomeCounts | undefined;
  readonly durationMs?: number | undefined;
}

export interface NightBench {
  readonly bench: string;
  readonly ok: boolean;
  /** One sentence. */
  readonly reason: string;
}

/** `night.json`. */
export interface Night {
  readonly format: "pursebench-night/1";
  /** Name of the night, also of its directory. */
  readonly id: string;
  /** Name of the configuration. */
  readonly name: string;
  readonly day: string;
  readonly host: string;
  readonly started: string;
  readonly ended: string;
  readonly exitCode: number;
  readonly benches: readonly NightBench[];
  readonly jobs: readonly NightJob[];
  readonly flaky: readonly FlakyCase[];
}
