import type { LogRecord } from "../../protocol/messages/read-record.ts";
import type { CardData } from "./card-data.ts";

/** What the card keeps without power. Plain values only: it can be copied, stored and compared. */
export interface Purse extends CardData {
  /** KDP, 32 hex digits. No command reads it. */
  readonly KDP: string;
  /** Newest first. */
  readonly log: readonly LogRecord[];
  /** Answer of the last completed transaction, for GET PREVIOUS IEP SIGNATURE. */
  readonly previous: { readonly NTIEP: number; readonly CARDRSP: string } | null;
}

/** What the card forgets at reset (card-edge.md, section 3). */
export type CardSession =
  | { readonly kind: "idle" }
  | { readonly kind: "selected" }
  | {
      readonly kind: "initialised";
      /** The card's own answer, 54 hex digits: S2 and S3 are made over it, R is in it. */
      readonly INITRSP: string;
    };

export interface CardState {
  readonly purse: Purse;
  readonly session: CardSession;
  /** What the next R is made from, 64 hex digits. */
  readonly entropy: string;
  /** State to fall back to should the write that is under way fail. */
  readonly undo: Purse | null;
}

export type CardInput =
  /** Power on or reset line; `fresh` bytes are mixed into the source of challenges. */
  | { readonly kind: "reset"; readonly fresh?: Uint8Array }
  | { readonly kind: "command"; readonly bytes: Uint8Array }
  /** The write that the last step asked for failed; nothing of it is in the memory. */
  | { readonly kind: "write-failed" };

export type CardOutput =
  /** All of `purse` or nothing, before anything that follows: card-edge.md 5.3. */
  { readonly kind: "write"; readonly purse: Purse } | { readonly kind: "response"; readonly bytes: Uint8Array };

/** Records of the transaction log; the specification asks for at least 10. */
export const LOG_RECORDS = 16;
