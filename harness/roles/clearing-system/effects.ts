import type { Account, Booking, Transfer } from "../../accounts/transfer.ts";
import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { Batch, SystemUpdate, UpdateReceipt } from "../../protocol/messages/layouts.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { ClearingParties } from "./parties.ts";
import type { SettlementReport } from "./report.ts";
import type { AcceptedBatch, BatchHistory, NewUpdate, Settlement } from "./store/contracts.ts";
import type { UpdateOrder } from "./update-order.ts";

/** What the clearing system is set up with. */
export interface ClearingConfig {
  readonly parties: ClearingParties;
  /** MKC, 16 bytes. */
  readonly MKC: Uint8Array;
}

/** What one request's handling, one settlement or one order of an update is told. */
export type ClearingInput =
  | { readonly kind: "request"; readonly request: HttpRequest }
  | { readonly kind: "history"; readonly history: BatchHistory }
  /** In the order of their numbers. */
  | { readonly kind: "due"; readonly updates: readonly SystemUpdate[] }
  | { readonly kind: "settle" }
  /** `undefined`: there is nothing to settle. */
  | { readonly kind: "settlement"; readonly settlement: Settlement | undefined }
  | { readonly kind: "booked"; readonly booking: Booking }
  /** `date`: YYYYMMDD. `BATCHNO`: of each PSAM that is to get it. */
  | {
      readonly kind: "issue";
      readonly order: UpdateOrder;
      readonly psams: readonly string[];
      readonly date: string;
    }
  /** Number of the last update of each PSAM, 0 for none; in the order in which they were asked for. */
  | { readonly kind: "numbers"; readonly last: readonly number[] };

export type ClearingOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "respond"; readonly response: HttpResponse }
  /** What is known about the batch, its members and its PSAM. Gives `history`. */
  | { readonly kind: "find-history"; readonly batch: Batch; readonly members: readonly DataStoreRecord[] }
  /** Batch, members and answer in one unit of work. */
  | { readonly kind: "accept"; readonly batch: AcceptedBatch }
  /** Gives `due`. */
  | { readonly kind: "find-due"; readonly psams: readonly string[] }
  | { readonly kind: "note-receipts"; readonly receipts: readonly UpdateReceipt[] }
  /** The settlement that was interrupted, or a new one of all that is accepted and not settled. Gives `settlement`. */
  | { readonly kind: "begin-settlement" }
  /** In the ledger, all or nothing; `accounts` are opened where they are not. Gives `booked`. */
  | { readonly kind: "book"; readonly accounts: readonly Account[]; readonly transfers: readonly Transfer[] }
  | { readonly kind: "finish-settlement"; readonly report: SettlementReport }
  /** Nothing was booked: its members wait for another one. */
  | { readonly kind: "abandon-settlement"; readonly N: number; readonly reason: string }
  /** Gives `numbers`. */
  | { readonly kind: "find-numbers"; readonly psams: readonly string[] }
  | { readonly kind: "store-updates"; readonly updates: readonly NewUpdate[] };

export type ClearingPhase =
  /** Nothing has come yet. */
  | { readonly at: "begin" }
  | {
      readonly at: "judging";
      readonly batch: Batch;
      readonly members: readonly DataStoreRecord[];
      /** Why it is refused whatever the history says. */
      readonly CC: string | undefined;
    }
  | { readonly at: "listing" }
  | { readonly at: "settling" }
  | { readonly at: "booking"; readonly report: SettlementReport }
  | {
      readonly at: "numbering";
      readonly order: UpdateOrder;
      readonly psams: readonly string[];
      readonly date: string;
    }
  | { readonly at: "over" };

export interface ClearingState {
  readonly config: ClearingConfig;
  readonly phase: ClearingPhase;
}
