import type { TotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import type { PsamData } from "./psam-data.ts";
import type { RememberedIds } from "./remembered-ids.ts";

/** A transaction for which DEBITDATA was issued. */
export interface Transaction {
  readonly IDTRX: string;
  /** 54 hex digits: what the card said of itself. */
  readonly INITRSP: string;
  /** 106 hex digits: what it was told, S2 included. */
  readonly DEBITDATA: string;
  /** Session key of a public key card, 32 hex digits. */
  readonly SK?: string;
}

/** A master purchase key; no command reads it. */
export interface MasterKey {
  readonly PPIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
  /** 32 hex digits. */
  readonly MKP: string;
}

/** What the PSAM keeps without power. Plain values only: it can be copied, stored as JSON and compared. */
export interface PsamMemory extends Omit<PsamData, "keys"> {
  readonly keys: readonly MasterKey[];
  readonly totals: readonly TotalsLine[];
  /** The transaction that the PSAM is reserved for. */
  readonly open: Transaction | null;
  /** Oldest first; 16 and those that a reversal has suspended, 80 in all. */
  readonly suspended: readonly Transaction[];
  /** Oldest first, at most 64: counted in the totals already, and can still be taken back. */
  readonly issued: readonly Transaction[];
  readonly confirmed: RememberedIds;
}

/** What the PSAM forgets at reset (psam-edge.md, section 2). `debit issued` is `memory.open`. */
export type PsamSession =
  | { readonly kind: "unselected" }
  | { readonly kind: "idle" }
  | { readonly kind: "card-reset" }
  | { readonly kind: "card-accepted"; readonly INITRSP: string };

export interface PsamState {
  readonly memory: PsamMemory;
  readonly session: PsamSession;
  /** Memory to fall back to should the write that is under way fail. */
  readonly undo: PsamMemory | null;
}

export type PsamInput =
  | { readonly kind: "reset" }
  | { readonly kind: "command"; readonly bytes: Uint8Array }
  /** The write that the last step asked for failed; nothing of it is in the memory. */
  | { readonly kind: "write-failed" };

export type PsamOutput =
  /** All of `memory` or nothing, before anything that follows. */
  { readonly kind: "write"; readonly memory: PsamMemory } | { readonly kind: "response"; readonly bytes: Uint8Array };

/** With so many suspended transactions no further debit is issued. */
export const MAX_SUSPENDED = 16;

export const MAX_ISSUED = 64;
