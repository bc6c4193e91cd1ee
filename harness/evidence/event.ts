/** What a line of `events.jsonl` says. Bytes are upper-case hex. */
import type { Owner } from "../core/errors.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
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
  | { readonly kind: "case-start" }
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
