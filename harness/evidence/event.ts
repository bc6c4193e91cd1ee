/** What a line of `events.jsonl` says. Bytes are upper-case hex. */
import type { Owner } from "../core/errors.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
import type { OperatorAnswer, OperatorStep } from "../flows/operator.ts";
import type { Latency, ReplacedDevice, SpecimenIdentity, StationIdentity } from "../flows/station.ts";
import type { Outcome } from "./verdict.ts";

/** Bytes of one message kept in evidence; what is longer is cut and says so. */
export const MAX_BYTES = 65_536;

/** Bytes as they passed. `length` is the true number of bytes and is there only when `hex` was cut. */
export interface KeptBytes {
  readonly hex: string;
  readonly length?: number;
}

/** Where a case stands in a matrix of the report, e.g. "faults FIG 5", "236 debit response", "lost". */
export interface Cell {
  readonly matrix: string;
  readonly row: string;
  readonly column: string;
}

export interface CaseHeader {
  readonly id: string;
  readonly suite: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  /** Whose a failure of this case is. */
  readonly owner: Owner;
  readonly cell?: Cell | undefined;
}

/** How a case ended, said in full. */
export interface CaseEnd {
  readonly outcome: Outcome;
  /** Why, in a sentence; empty for a pass. */
  readonly reason: string;
  /** Who has to act; the case's owner for a pass. */
  readonly owner: Owner;
  readonly mend?: string | undefined;
  /** The requirement that the failed expectation speaks of. */
  readonly requirement?: string | undefined;
  readonly expected?: readonly string[] | undefined;
  readonly actual?: string | undefined;
  /** The event (`n`) that it was about. */
  readonly at?: number | undefined;
}

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Somebody accepts a failure, bound to one case and one version of the IUT. */
export interface Waiver {
  readonly case: string;
  readonly product: string;
  readonly version: string;
  readonly reason: string;
  readonly approver: string;
  /** Last day that it holds, YYYY-MM-DD. */
  readonly expires: string;
}

/** A failed case run once more, to tell whose the failure is. */
export interface Rerun {
  /** Absent: nothing was, the same once more. */
  readonly replaced?: readonly ReplacedDevice[] | undefined;
  /** What stood there instead. */
  readonly by?: string | undefined;
  readonly outcome: Outcome;
  readonly reason: string;
}

export type EvidenceEvent =
  | ({
      readonly kind: "message";
      readonly link: LinkName;
      readonly from: RoleName;
      readonly to: RoleName;
      readonly step?: string;
      /** Element name to readable text. */
      readonly decoded?: Readonly<Record<string, string>>;
    } & KeptBytes)
  | {
      readonly kind: "log";
      readonly role: RoleName;
      readonly step?: string;
      readonly entry: string;
      readonly IDTRX?: string;
      readonly fields: Readonly<Record<string, string | number | boolean | null>>;
    }
  | {
      readonly kind: "fault";
      readonly link?: LinkName;
      readonly what: string;
      readonly before?: KeptBytes;
      readonly after?: KeptBytes;
    }
  | { readonly kind: "note"; readonly text: string }
  /** What was selected, before anything is run. */
  | { readonly kind: "selection"; readonly cases: readonly CaseHeader[] }
  /** The bench is up. */
  | ({ readonly kind: "identity" } & StationIdentity)
  | {
      readonly kind: "preflight";
      readonly ok: boolean;
      readonly specimen?: Readonly<Record<string, string>> | undefined;
      readonly owner?: Owner;
      readonly reason?: string;
      readonly mend?: string;
    }
  /** Who the devices are that are not the harness's own; once more where one was swapped. */
  | { readonly kind: "specimens"; readonly specimens: readonly SpecimenIdentity[] }
  /** Measured at the bench before the first case. */
  | { readonly kind: "latencies"; readonly latencies: readonly Latency[] }
  /** What the devices claim (PICS) and which they are (PIXIT), as their files said: reports are made from the evidence alone. */
  | { readonly kind: "claims"; readonly pics?: Json | undefined; readonly pixit?: Json | undefined }
  /** A golden device stood in place of the one under test, before the first case or after the last. */
  | {
      readonly kind: "golden";
      readonly when: "before" | "after";
      readonly device: "card" | "psam";
      /** Where it was: a SPEC. */
      readonly spec: string;
      readonly outcome: Outcome;
      readonly reason: string;
      /** The cases that it was put to; their lines have the caseId "ID/golden-before" or "ID/golden-after". */
      readonly cases: readonly string[];
    }
  /** Somebody accepts that a case fails with this version of the IUT, until a day. Changes no verdict. */
  | ({ readonly kind: "waiver" } & Waiver)
  /** `attempt` is 2 or more where the case was run before: in a run that broke off, or because a retry was asked for. */
  | { readonly kind: "case-start"; readonly attempt?: number | undefined }
  /** A part of a case begins. */
  | { readonly kind: "phase"; readonly title: string }
  /** How that ended which a case brought about, in a word or two for its place in a matrix. */
  | { readonly kind: "ending"; readonly text: string }
  /** An expectation was looked at. */
  | {
      readonly kind: "check";
      readonly ok: boolean;
      readonly what: string;
      readonly expected: readonly string[];
      readonly actual: string;
      readonly requirement?: string | undefined;
      readonly at?: number | undefined;
    }
  | ({ readonly kind: "case-end"; readonly durationMs: number } & CaseEnd)
  /** Whose the fail of a case is, after it was run again; lines of a rerun have the caseId "ID/again" or "ID/DEVICE". */
  | {
      readonly kind: "diagnosis";
      readonly owner: Owner;
      readonly because: string;
      readonly reruns: readonly Rerun[];
    }
  /** A hand was asked for (`flows/operator.ts`). */
  | { readonly kind: "prompt"; readonly step: OperatorStep }
  /** What came of it; `by` names the person's way in: terminal, station page, robot. */
  | {
      readonly kind: "answer";
      /** Line of the prompt. */
      readonly to: number;
      readonly answer: OperatorAnswer;
      readonly by: string;
      readonly afterMs: number;
    }
  /**
   * What a case asked of its system and what it was told, so that today's suites can judge old evidence (`rejudge`). Never shown
   * in a report. The form of `what` is the business of `suites/define/observation`.
   */
  | { readonly kind: "observation"; readonly what: Json }
  /** The run goes on after it broke off. */
  | {
      readonly kind: "resumed";
      /** Bytes of a line that was being written when it broke off, hex, at most `MAX_BYTES` of them; they are not part of the chain. */
      readonly torn?: string | undefined;
      /** The case that was under way; it is run again from its beginning. */
      readonly during?: string | undefined;
      /** Wall time between the last line and this one. */
      readonly afterMs: number;
    }
  /** Ctrl-C or a station that could not go on. */
  | { readonly kind: "interrupted"; readonly reason: string }
  /** The closing line: number of lines including this one. */
  | { readonly kind: "run-end"; readonly lines: number };

export interface EvidenceLine {
  /** Counted from 1; the line number. */
  readonly n: number;
  /** Milliseconds since the run began, on the machine's monotonic clock. */
  readonly at: number;
  /** Milliseconds on the bench's clock, for what a station recorded. */
  readonly bench?: number;
  /** The machine's calendar, ISO 8601 UTC. */
  readonly wall: string;
  /** The case it belongs to, if any. */
  readonly caseId?: string;
  /** A transaction session key stood here and is overwritten with zeros, in bytes and in words. */
  readonly masked?: true;
  readonly event: EvidenceEvent;
  /** SHA-256 over the hash before it (64 hex digits as text; of `run.json` for the first) and this line without `hash`. */
  readonly hash: string;
}

/**
 * Decodes bytes of a link into element names and readable values (`protocol/messages/describe.ts`). `inReplyTo` is the
 * message that went the other way on that link just before.
 */
export type Describe = (
  link: LinkName,
  from: RoleName,
  bytes: Uint8Array,
  inReplyTo?: Uint8Array,
) => Readonly<Record<string, string>>;
