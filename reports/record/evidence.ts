/** Recorded evidence as it was read, before anything is made of it. */
import type { EvidenceLine } from "../../harness/evidence/event.ts";
import type { Results } from "../../harness/evidence/results.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";

/** What was read from a run directory. */
export interface Evidence {
  readonly identification: RunIdentification;
  readonly results: Results;
  readonly lines: readonly EvidenceLine[];
  /** Last proved hash of the chain, hex; empty when there is none. */
  readonly head: string;
  /** Trouble with the record itself, as sentences; empty when chain and signature are right. */
  readonly trouble: readonly string[];
}
