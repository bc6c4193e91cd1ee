/**
 * A run as the reports need it: what `evidence` recorded, in plain text and numbers. Nothing here is computed from
 * anything but the run directory, so that rendering again gives the same report.
 */
import type { LinkName } from "../../harness/core/trace.ts";
import type { Cell, Rerun, Waiver } from "../../harness/evidence/event.ts";
import type { Attempt, Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import type { Outcome, Summary, Verdict } from "../../harness/evidence/verdict.ts";

/** Data element name and readable value, in the order of the message. */
export type Elements = readonly (readonly [name: string, value: string])[];

/** One recorded event inside a case, oldest first. */
export interface Exchange {
  /** Line of the evidence, counted from 1. */
  readonly n: number;
  /** Milliseconds on the bench's clock, or on the machine's where the bench gave none. */
  readonly atMs: number;
  readonly kind: "message" | "log" | "fault" | "note" | "phase" | "check";
  /** Empty where the event belongs to no link. */
  readonly link: string;
  readonly from: string;
  readonly to: string;
  /** Step of the seed document, empty when the message is none. */
  readonly step: string;
  /** Name of the message or log entry, or what was done or looked at. */
  readonly name: string;
  /** Upper-case hex of the message, empty for everything else. */
  readonly bytes: string;
  readonly decoded: Elements;
}

export interface CaseRecord {
  readonly id: string;
  readonly suite: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  /** Its place in a matrix, if it has one. */
  readonly cell: Cell | undefined;
  /** How that ended which the case brought about, in a word or two; empty where it does not say. */
  readonly ending: string;
  readonly verdict: Outcome;
  /** Why: empty for a plain pass. */
  readonly reason: string;
  /** Who has to act on a failure: card, psam, reader, terminal, server, bench. */
  readonly owner: string;
  /** Why it is theirs, where the case was run again to tell; empty otherwise. */
  readonly ownerBecause: string;
  /** How to mend it, empty when nothing is known. */
  readonly mend: string;
  /** The requirement that the failed expectation speaks of, empty for none. */
  readonly requirement: string;
  /** Acceptable outcomes of the failed expectation; empty for none. */
  readonly expected: readonly string[];
  readonly actual: string;
  /** Line of the evidence that the verdict is about, if one was named. */
  readonly at: number | undefined;
  /** ISO 8601 UTC, empty when it never began. */
  readonly started: string;
  readonly durationMs: number;
  /** As many as are shown: none of a case that is not shown in detail. */
  readonly exchanges: readonly Exchange[];
  /** Entries of its record before the first of `exchanges`, and after the last. */
  readonly before: number;
  readonly after: number;
  /** Every time that it was run, where that was more than once. */
  readonly attempts: readonly Attempt[];
  readonly waiver: Waiver | undefined;
  /** What came of running it again with devices replaced. */
  readonly reruns: readonly RerunRecord[];
  /** First and last line of its evidence. */
  readonly lines: { readonly from: number; readonly to: number } | undefined;
}

export interface RerunRecord extends Rerun {
  readonly exchanges: readonly Exchange[];
  /** Entries before the first of them. */
  readonly before: number;
}

/** A picture that is printed at the head of a report. */
export interface Logo {
  readonly type: "image/png" | "image/svg+xml";
  readonly bytes: Uint8Array;
}

/** A run of exchanges that belong together, and where it was found. */
export interface Transaction {
  readonly caseId: string;
  readonly exchanges: readonly Exchange[];
}

/** A whole successful transaction of one kind. */
export interface WholeFlow {
  /** "A successful …". */
  readonly title: string;
  readonly transaction: Transaction;
}

/** How long a device took to answer one command. */
export interface CommandTimes {
  readonly name: string;
  /** Ascending. */
  readonly timesMs: Float64Array;
}

export interface LinkTimes {
  readonly link: LinkName;
  /** In the order in which the run used them first. */
  readonly commands: readonly CommandTimes[];
}

export interface RunRecord {
  readonly run: string;
  /** Role under test. */
  readonly iut: string;
  readonly bench: string;
  readonly mode: string;
  readonly verdict: Verdict;
  readonly summary: Summary;
  /** ISO 8601 UTC; `ended` is the time of the last line. */
  readonly started: string;
  readonly ended: string;
  /** Name and version of what recorded the run. */
  readonly tool: string;
  /** Name and value for the identification table; values are never empty. */
  readonly identification: Elements;
  /** What limits the value of this record, as sentences: interrupted, not closed, chain broken. */
  readonly reservations: readonly string[];
  readonly cases: readonly CaseRecord[];
  /** `run.json`. */
  readonly about: RunIdentification;
  /** What was derived from the evidence, but the cases. */
  readonly results: Omit<Results, "cases">;
  /** Hash of the last line whose place in the chain was proved, hex; empty when there is none. */
  readonly head: string;
  readonly logo: Logo | undefined;
  /** One whole successful transaction of each flow that the run has. */
  readonly flows: readonly WholeFlow[];
  readonly times: readonly LinkTimes[];
}
