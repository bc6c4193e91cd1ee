import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { Delivered } from "../../protocol/messages/delivery.ts";
import type { SystemUpdate } from "../../protocol/messages/layouts.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { Answer, KeptReceipt, NewBatch, QueuedBatch, Stored } from "./store/contracts.ts";

/** Who may send, and how much is kept for them. */
export interface ConcentrationPointConfig {
  /** IDCP of every sender. */
  readonly senders: readonly string[];
  /** How many batches may wait for clearing; one more is turned away for later (503). */
  readonly queueLimit: number;
}

/** What one request's handling, or one round of forwarding, is told. */
export type ConcentrationPointInput =
  | { readonly kind: "request"; readonly request: HttpRequest }
  | { readonly kind: "stored"; readonly outcome: Stored }
  /** Oldest first. */
  | { readonly kind: "waiting"; readonly messages: readonly Delivered[] }
  /** A round of forwarding begins. */
  | { readonly kind: "forward" }
  | { readonly kind: "receipts"; readonly receipts: readonly KeptReceipt[] }
  | { readonly kind: "next"; readonly batch: QueuedBatch | undefined }
  /** `undefined`: nobody answered. */
  | { readonly kind: "clearing-answered"; readonly response: HttpResponse | undefined };

export type ConcentrationPointOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "respond"; readonly response: HttpResponse }
  /** On disk when it has been performed. Gives `stored`. */
  | { readonly kind: "store-batch"; readonly batch: NewBatch; readonly limit: number }
  /** What was not taken yet by that sender. Gives `waiting`. */
  | { readonly kind: "find-waiting"; readonly IDCP: string }
  /** Taken by their sender. */
  | { readonly kind: "take"; readonly messages: readonly Delivered[] }
  /** Receipts that clearing has still to hear of. Gives `receipts`. */
  | { readonly kind: "find-receipts" }
  | { readonly kind: "receipts-passed-on"; readonly sequences: readonly number[] }
  /** The batch that waits longest. Gives `next`. */
  | { readonly kind: "find-next" }
  /** Gives `clearing-answered`. */
  | { readonly kind: "ask-clearing"; readonly request: HttpRequest }
  | {
      readonly kind: "answered";
      readonly batch: QueuedBatch;
      readonly answer: Answer;
      readonly updates: readonly SystemUpdate[];
    }
  | { readonly kind: "keep-updates"; readonly IDCP: string; readonly updates: readonly SystemUpdate[] }
  /** The round stops before its end; what is left is for the next one. */
  | { readonly kind: "trouble"; readonly reason: string };

export type ConcentrationPointPhase =
  /** Nothing has come yet. */
  | { readonly at: "begin" }
  | { readonly at: "storing"; readonly batch: NewBatch }
  | { readonly at: "delivering" }
  | { readonly at: "receipts" }
  | { readonly at: "passing-receipts-on"; readonly sequences: readonly number[] }
  | { readonly at: "next" }
  | { readonly at: "forwarding"; readonly batch: QueuedBatch }
  /** `senders`: those whose updates are still to be asked for, the first one now. */
  | { readonly at: "updates"; readonly senders: readonly string[] }
  | { readonly at: "over" };

export interface ConcentrationPointState {
  readonly config: ConcentrationPointConfig;
  readonly phase: ConcentrationPointPhase;
}
