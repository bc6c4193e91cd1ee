import type { Delivered } from "../../../protocol/messages/delivery.ts";
import type { BatchAcknowledgement, BatchRefusal, SystemUpdate } from "../../../protocol/messages/layouts.ts";

/** What a concentration point keeps (`clearing.md` 4), whichever engine keeps it. */

/** What clearing says to a batch. */
export type Answer = BatchAcknowledgement | BatchRefusal;

/** A batch as it came. */
export interface NewBatch {
  readonly IDCP: string;
  readonly BATCHNO: string;
  readonly NTCOL: number;
  /** Names these very bytes: SHA-256, 64 hex digits. */
  readonly fingerprint: string;
  /** The message B8, unaltered. */
  readonly bytes: Uint8Array;
}

export interface QueuedBatch extends NewBatch {
  readonly sequence: number;
}

/** A receipt BD that clearing has not heard of. */
export interface KeptReceipt {
  readonly sequence: number;
  readonly BATCHNO: string;
  readonly NTUPD: number;
  readonly CC: string;
}

/**
 * `stored`: new. `repeated`: these bytes wait for clearing, or their answer for its sender. `requeued`: the sender has taken
 * the answer and asks again, so clearing is asked again. `full`: nothing was stored.
 */
export type Stored = "stored" | "repeated" | "requeued" | "full";

/** A batch as a report shows it: what its sender says of its members is not judged here. */
export interface BatchRow {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  /** IDCP. */
  readonly sender: string;
  /** `queued`, `answered` or `taken`; so is each member. */
  readonly status: string;
  readonly members: readonly {
    readonly IDTRX: string;
    readonly IDMER: string;
    readonly PPIEP: string;
    readonly MPDA: number;
    readonly CURR: string;
    readonly CEXP: number;
    readonly status: string;
    readonly CC: null;
  }[];
}

/**
 * The durable queue of one concentration point: `queued` -> `answered` -> `taken`. A promise that resolves says that the engine
 * has made the change durable. Failures of the engine are `PursebenchError`s with code `STORAGE`.
 */
export interface QueueStore extends AsyncDisposable {
  /** `limit`: how many batches may be `queued`. */
  storeBatch(batch: NewBatch, limit: number): Promise<Stored>;
  /** The `queued` batch that came first. */
  nextBatch(): Promise<QueuedBatch | undefined>;
  /** What clearing said, with the updates that came along: all or nothing. */
  answered(batch: QueuedBatch, answer: Answer, updates: readonly SystemUpdate[]): Promise<void>;
  /** An update that is there already is replaced: clearing says last what holds. */
  keepUpdates(IDCP: string, updates: readonly SystemUpdate[]): Promise<void>;
  /** Answers and updates for that sender which were not taken yet; answers in the order of arrival, updates by number. */
  waiting(IDCP: string): Promise<readonly Delivered[]>;
  /**
   * Answers of that name and kind are `taken`. A receipt ends its update and is kept for clearing; one that says that the update
   * was not applied ends every update of that PSAM: clearing gives them again, in order. Unknown ones change nothing.
   */
  take(messages: readonly Delivered[]): Promise<void>;
  /** Oldest first, 500 at most. */
  receipts(): Promise<readonly KeptReceipt[]>;
  receiptsPassedOn(sequences: readonly number[]): Promise<void>;
  /** How many batches wait for clearing. */
  queued(): Promise<number>;
  /** All that ever came, in the order of arrival. */
  batches(): Promise<readonly BatchRow[]>;
}
