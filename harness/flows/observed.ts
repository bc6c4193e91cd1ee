/** What passes and what disturbs it: the words that every part of the purse system shares. */
import type { TraceEvent } from "../core/trace.ts";

/** An event with its place in the evidence. */
export type RecordedEvent = TraceEvent & {
  /** Position in the run, counted from 1. */
  readonly n: number;
  /** Milliseconds on the bench's monotonic clock. */
  readonly atMs: number;
};

export type LogEntry = Extract<RecordedEvent, { kind: "log" }>;
export type MessageEvent = Extract<RecordedEvent, { kind: "message" }>;

/** A message that depends on the answers so far. */
export type NextMessage = (answers: readonly (Uint8Array | null)[]) => Uint8Array;

/** The merchants' payment server, or the cable provider's own. */
export type PaymentServerName = "payment-server" | "head-end-payment-server";

export interface Disturbance extends Disposable {
  /** How many messages it has hit so far. */
  readonly hits: number;
}
