import type { Batch, BatchAcknowledgement, SystemUpdate, UpdateReceipt } from "../../../protocol/messages/layouts.ts";
import type { RefusedMember } from "../../../protocol/messages/refused-members.ts";
import type { DataStoreRecord } from "../../../protocol/messages/store-record.ts";
import type { SettledMember, SettlementReport } from "../report.ts";

/** What the clearing system keeps (`clearing.md` 5), whichever engine keeps it. */

/** What is known when a batch comes. */
export interface BatchHistory {
  /** The batch of this number that was accepted. */
  readonly accepted: { readonly DIGEST: string; readonly answer: BatchAcknowledgement } | undefined;
  /** NTCOL of the last batch of this PSAM that was accepted, 0 for none. */
  readonly last: number;
  /** Members of earlier batches that were not refused, by `psamName` and `cardName`. */
  readonly used: ReadonlySet<string>;
  /** Updates due for this PSAM, in the order of their numbers. */
  readonly due: readonly SystemUpdate[];
}

/** (IDPSAM, NTPSAM) of a member. */
export function psamName(BATCHNO: string, { NTPSAM }: Pick<DataStoreRecord, "NTPSAM">): string {
  return `psam ${BATCHNO} ${NTPSAM}`;
}

/** (PPIEP, IDIEP, NTIEP) of a member. */
export function cardName({ PPIEP, IDIEP, NTIEP }: Pick<DataStoreRecord, "PPIEP" | "IDIEP" | "NTIEP">): string {
  return `card ${PPIEP} ${IDIEP} ${NTIEP}`;
}

/** What is stored of a batch before its answer leaves. */
export interface AcceptedBatch {
  readonly batch: Batch;
  readonly DIGEST: string;
  readonly members: readonly DataStoreRecord[];
  readonly refused: readonly RefusedMember[];
  readonly answer: BatchAcknowledgement;
}

export interface Settlement {
  readonly N: number;
  readonly members: readonly SettledMember[];
}

export interface NewUpdate {
  readonly BATCHNO: string;
  readonly NTUPD: number;
  /** With its S6. */
  readonly UPDATE: Uint8Array;
  readonly kind: string;
}

/** A batch as a report shows it. */
export interface BatchRow {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  /** IDCP. */
  readonly sender: string;
  readonly status: "accepted";
  readonly members: readonly MemberRow[];
}

export interface MemberRow {
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly PPIEP: string;
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
  readonly status: "accepted" | "settled" | "refused";
  /** Why it was refused. */
  readonly CC: string | null;
}

/** A refused member: its money stays in the pool. */
export interface DisputedMember {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
  readonly CC: string;
}

/**
 * The books of the clearing system. A promise that resolves says that the engine has made the change durable. Failures of
 * the engine are `PursebenchError`s with code `STORAGE`; so is a member that would be accepted twice.
 */
export interface ClearingStore extends AsyncDisposable {
  history(batch: Batch, members: readonly DataStoreRecord[]): Promise<BatchHistory>;
  accept(batch: AcceptedBatch): Promise<void>;
  beginSettlement(): Promise<Settlement | undefined>;
  finishSettlement(report: SettlementReport): Promise<void>;
  abandonSettlement(N: number): Promise<void>;
  lastUpdates(psams: readonly string[]): Promise<readonly number[]>;
  storeUpdates(updates: readonly NewUpdate[]): Promise<void>;
  due(psams: readonly string[]): Promise<readonly SystemUpdate[]>;
  noteReceipts(receipts: readonly UpdateReceipt[]): Promise<void>;
  batches(): Promise<readonly BatchRow[]>;
  disputed(): Promise<readonly DisputedMember[]>;
  /** Reports of all settlements, oldest first. */
  settlements(): Promise<readonly SettlementReport[]>;
}
