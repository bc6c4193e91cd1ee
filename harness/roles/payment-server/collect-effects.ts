import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { Delivered } from "../../protocol/messages/delivery.ts";
import type { BatchAcknowledgement, BatchRefusal, SystemUpdate } from "../../protocol/messages/layouts.ts";
import type { RefusedMember } from "../../protocol/messages/refused-members.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type {
  BatchName,
  Candidates,
  CollectedBatch,
  KnownPsam,
  MemberName,
  NewCollection,
  SignedCollection,
} from "./database/batch-contracts.ts";
import type { TransactionRecord } from "./database/contracts.ts";

/** As whom a payment server collects. */
export interface CollectConfig {
  /** 1 to 32 printable ASCII characters. */
  readonly IDCP: string;
  /** 8 digits. */
  readonly IDACQUIRER: string;
  /** Batches go to the clearing system itself, without a concentration point (AMB-CLR-ROUTE). */
  readonly isDirect: boolean;
}

/** What the collection from one terminal, or the handing out of deliveries, is told. */
export type CollectInput =
  /** Of one terminal. */
  | { readonly kind: "collect"; readonly IDTERM: string }
  /** What waits for this sender is fetched and handed out. */
  | { readonly kind: "fetch" }
  /** The same with what is here already. */
  | { readonly kind: "hand-out"; readonly messages: readonly Delivered[] }
  | { readonly kind: "pending"; readonly batch: CollectedBatch | undefined; readonly isPsamKnown: boolean }
  | { readonly kind: "untold"; readonly rows: readonly TransactionRecord[] }
  | ({ readonly kind: "candidates" } & Candidates)
  | { readonly kind: "asked"; readonly batch: CollectedBatch }
  /** `undefined`: the terminal is silent, or not there. */
  | { readonly kind: "terminal"; readonly bytes: Uint8Array | undefined }
  | { readonly kind: "found"; readonly batch: CollectedBatch | undefined }
  | { readonly kind: "psam"; readonly psam: KnownPsam | undefined }
  /** `undefined`: nobody answered. */
  | { readonly kind: "posted"; readonly response: HttpResponse | undefined };

export type CollectOutput =
  | LogOutput
  | EndOutput
  /** Gives `terminal`. */
  | { readonly kind: "ask-terminal"; readonly IDTERM: string; readonly bytes: Uint8Array }
  /** On link batch. Gives `posted`. */
  | { readonly kind: "ask-collector"; readonly request: HttpRequest }
  /** Gives `pending`. */
  | { readonly kind: "find-pending"; readonly IDTERM: string }
  | { readonly kind: "note-psam"; readonly IDTERM: string; readonly BATCHNO: string }
  /** Gives `untold`. */
  | { readonly kind: "find-untold"; readonly IDTERM: string }
  /** `response`: the terminal's message, hex. */
  | { readonly kind: "note-told"; readonly name: MemberName; readonly response: string }
  /** Gives `candidates`. */
  | { readonly kind: "find-candidates"; readonly IDTERM: string; readonly identifiers: readonly string[] }
  /** Gives `asked`. */
  | { readonly kind: "store-asked"; readonly collection: NewCollection }
  | { readonly kind: "drop"; readonly sequence: number }
  | { readonly kind: "store-collected"; readonly sequence: number; readonly signed: SignedCollection }
  | { readonly kind: "store-sent"; readonly sequence: number }
  | { readonly kind: "store-refused"; readonly sequence: number; readonly CC: string }
  | { readonly kind: "store-acknowledged"; readonly sequence: number; readonly refused: readonly RefusedMember[] }
  | { readonly kind: "store-reopened"; readonly sequence: number }
  /** Gives `found`. */
  | { readonly kind: "find-batch"; readonly BATCHNO: string; readonly NTCOL: number }
  /** Gives `found`. */
  | { readonly kind: "find-acknowledged"; readonly IDTERM: string; readonly name: BatchName | undefined }
  /** Gives `psam`. */
  | { readonly kind: "find-psam"; readonly BATCHNO: string }
  | { readonly kind: "store-update-applied"; readonly BATCHNO: string; readonly NTUPD: number }
  /** To be handed out when this collection has ended. */
  | { readonly kind: "delivered"; readonly messages: readonly Delivered[] };

/** What is handed out, what was taken, and which PSAMs get no further update now. */
export interface HandingOut {
  readonly left: readonly Delivered[];
  readonly receipts: readonly Delivered[];
  readonly waiting: readonly string[];
}

export type CollectPhase =
  /** Nothing has come yet. */
  | { readonly at: "begin" }
  | { readonly at: "pending"; readonly IDTERM: string }
  /** Which PSAM the terminal has. */
  | { readonly at: "identifying"; readonly IDTERM: string }
  | { readonly at: "untold"; readonly IDTERM: string }
  | { readonly at: "telling"; readonly IDTERM: string; readonly rows: readonly TransactionRecord[] }
  | {
      readonly at: "reading";
      readonly IDTERM: string;
      readonly records: readonly DataStoreRecord[];
      /** How often it was begun anew, since the store had changed. */
      readonly restarts: number;
    }
  | { readonly at: "choosing"; readonly IDTERM: string; readonly records: readonly DataStoreRecord[] }
  | { readonly at: "asking"; readonly IDTERM: string }
  | { readonly at: "collecting"; readonly batch: CollectedBatch }
  /** The PSAM holds another collection than the one that was asked for: the last one, if it has missed its acknowledgement. */
  | { readonly at: "reopening" }
  /** The PSAM calls a batch that clearing has refused by this name once more. */
  | { readonly at: "doubting"; readonly batch: CollectedBatch; readonly signed: SignedCollection }
  | { readonly at: "sending"; readonly batch: CollectedBatch }
  | { readonly at: "fetching" }
  | { readonly at: "finding-batch"; readonly said: BatchAcknowledgement | BatchRefusal; readonly handing: HandingOut }
  | {
      readonly at: "acknowledging";
      readonly said: BatchAcknowledgement;
      readonly batch: CollectedBatch;
      readonly handing: HandingOut;
    }
  | {
      readonly at: "finding-psam";
      readonly said: SystemUpdate;
      readonly NTUPD: number;
      readonly handing: HandingOut;
    }
  | {
      readonly at: "updating";
      readonly IDTERM: string;
      readonly said: SystemUpdate;
      readonly NTUPD: number;
      readonly handing: HandingOut;
    }
  | { readonly at: "receipts" }
  | { readonly at: "over" };

export type CollectPhaseAt<At extends CollectPhase["at"]> = Extract<CollectPhase, { at: At }>;

export interface CollectState {
  readonly config: CollectConfig;
  readonly phase: CollectPhase;
}
