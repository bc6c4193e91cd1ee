import type { RefusedMember } from "../../../protocol/messages/refused-members.ts";
import type { TransactionRecord } from "./transaction-contracts.ts";

/** What a payment server keeps of its collections (`clearing.md` 3), whichever engine keeps it. */

/**
 * `asked` (T-collect may have reached the PSAM) -> `collected` -> `sent` -> `acknowledged`; `refused`: clearing has not taken it, it
 * is sent again. `reopened`: it was acknowledged, and the PSAM has not understood that. A PSAM keeps one collection until it is
 * acknowledged, so a terminal has at most one that is not.
 */
export const BATCH_STATUSES = ["asked", "collected", "sent", "refused", "reopened", "acknowledged"] as const;

export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** A row's key in the table `transactions`. */
export interface MemberName {
  readonly IDMER: string;
  readonly IDTRX: string;
}

/** What a PSAM is about to be asked for. */
export interface NewCollection {
  readonly IDTERM: string;
  /** 64 hex digits. */
  readonly DIGEST: string;
  readonly LINES: Uint8Array;
  readonly MEMBERS: Uint8Array;
  readonly members: readonly MemberName[];
}

export interface CollectedBatch extends Omit<NewCollection, "members"> {
  readonly sequence: number;
  readonly status: BatchStatus;
  /** From `collected` on. */
  readonly signed: SignedCollection | undefined;
}

/** A collection of one PSAM. */
export interface BatchName {
  readonly BATCHNO: string;
  readonly NTCOL: number;
}

/** What the PSAM answered. */
export interface SignedCollection extends BatchName {
  /** 8 bytes. */
  readonly S4: Uint8Array;
}

/** A PSAM and the terminal that it was last seen in. */
export interface KnownPsam {
  readonly IDTERM: string;
  /** Number of the last update that it has confirmed to this server; undefined for none. */
  readonly NTUPD: number | undefined;
}

/** What the database says about records of a terminal. */
export interface Candidates {
  /** Of these IDTRX and that terminal. */
  readonly rows: readonly TransactionRecord[];
  /** Those that are in a batch already. */
  readonly collected: readonly MemberName[];
}

/** A batch as a report shows it. */
export interface BatchRow {
  readonly BATCHNO: string;
  readonly NTCOL: number;
  readonly status: string;
  readonly members: readonly {
    readonly IDTRX: string;
    readonly IDMER: string;
    readonly PPIEP: string;
    readonly MPDA: number;
    readonly CURR: string;
    readonly CEXP: number;
    readonly status: string;
    /** Why clearing has refused it. */
    readonly CC: string | null;
  }[];
}

/** Every change is durable when its promise resolves. Failures of the engine are `PursebenchError`s with code `STORAGE`. */
export interface BatchStore {
  /** The batch of that terminal that is not acknowledged. */
  pending(IDTERM: string): Promise<CollectedBatch | undefined>;
  find(BATCHNO: string, NTCOL: number): Promise<CollectedBatch | undefined>;
  /** The last acknowledged batch of that terminal, and of that name where one is given. */
  lastAcknowledged(IDTERM: string, name?: BatchName): Promise<CollectedBatch | undefined>;
  /** Transactions of that terminal that are confirmed without the PSAM having been told (COMPARE 01 to 03). */
  untold(IDTERM: string): Promise<readonly TransactionRecord[]>;
  candidates(IDTERM: string, identifiers: readonly string[]): Promise<Candidates>;
  /** Before T-collect: which members it is about. */
  ask(collection: NewCollection): Promise<CollectedBatch>;
  /** The PSAM does not have it: its members are free for another one. */
  drop(sequence: number): Promise<void>;
  collected(sequence: number, signed: SignedCollection): Promise<void>;
  sent(sequence: number): Promise<void>;
  refused(sequence: number, CC: string): Promise<void>;
  acknowledged(sequence: number, refused: readonly RefusedMember[]): Promise<void>;
  /** The PSAM still holds what is called acknowledged here. */
  reopened(sequence: number): Promise<void>;
  psam(BATCHNO: string): Promise<KnownPsam | undefined>;
  hasPsam(IDTERM: string): Promise<boolean>;
  notePsam(BATCHNO: string, IDTERM: string): Promise<void>;
  updateApplied(BATCHNO: string, NTUPD: number): Promise<void>;
  /** Those that the PSAMs have signed, oldest first. */
  batches(): Promise<readonly BatchRow[]>;
}
