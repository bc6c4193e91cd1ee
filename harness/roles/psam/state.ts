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
  /** Master key under which it was begun, 32 hex digits, where an update has removed or replaced that since. */
  readonly MKP?: string;
}

/** A collection that is not acknowledged. */
export interface CollectionKept {
  readonly NTCOL: number;
  /** 64 hex digits. */
  readonly DIGEST: string;
  /** n x 32 hex digits. */
  readonly LINES: string;
}

/** A master purchase key; no command reads it. */
export interface MasterKey {
  readonly PPIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
  /** 32 hex digits. */
  readonly MKP: string;
}

/** A CA whose cards are accepted (keys-and-signatures.md 8). */
export interface Authority {
  readonly PPIEP: string;
  readonly VKIEP: number;
  /** 224 hex digits. */
  readonly modulus: string;
  /** The PSAM's own certificate under this CA, 488 hex digits. */
  readonly certificate: string;
}

/** What the PSAM keeps without power. Plain values only: it can be copied, stored as JSON and compared. */
export interface PsamMemory extends Omit<PsamData, "keys"> {
  readonly keys: readonly MasterKey[];
  readonly authorities: readonly Authority[];
  /** Private key that the certificates are for, PKCS#8 in base64; null without authorities. No command reads it. */
  readonly signingKey: string | null;
  readonly totals: readonly TotalsLine[];
  /** The transaction that the PSAM is reserved for. */
  readonly open: Transaction | null;
  /** Oldest first; 16 and those that a reversal has suspended, 80 in all. */
  readonly suspended: readonly Transaction[];
  /** Oldest first, at most 64: counted in the totals already, and can still be taken back. */
  readonly issued: readonly Transaction[];
  readonly confirmed: RememberedIds;
  /** Key towards the clearing system, 32 hex digits; no command reads it. */
  readonly KDC: string;
  /** Number of the last collection, 0 before the first. */
  readonly NTCOL: number;
  /** What has left the totals and is not acknowledged. */
  readonly collection: CollectionKept | null;
  /** Number of the last update applied, 0 before the first. */
  readonly NTUPD: number;
}

/** What READ CERTIFICATE and READ SESSION KEY answer: 244 and 224 bytes in hex. */
export interface ForCard {
  readonly PSAMCERT: string;
  readonly SESSKEY: string;
}

/** A key out of a certificate that was found good: modulus in hex, last day YYMMDD. */
export interface CertifiedKey {
  readonly modulus: string;
  readonly lastDay: string;
}

/** A public key card whose certificates were found good. */
export interface CertifiedCard extends CertifiedKey {
  readonly issuerLastDay: string;
}

/** What the PSAM forgets at reset (psam-edge.md, section 2). `debit issued` is `memory.open`. */
export type PsamSession =
  | { readonly kind: "unselected" }
  /** `forCard`: after PACKAGE: DEBIT for a public key card. */
  | { readonly kind: "idle"; readonly forCard?: ForCard }
  | { readonly kind: "card-reset" }
  /** A public key card is known by INITRSP; its certificates are still to come. */
  | { readonly kind: "card-identified"; readonly INITRSP: string }
  | { readonly kind: "issuer-certified"; readonly INITRSP: string; readonly issuer: CertifiedKey }
  /** `certified`: of a public key card; `MKP`: as in `Transaction`. */
  | {
      readonly kind: "card-accepted";
      readonly INITRSP: string;
      readonly certified?: CertifiedCard;
      readonly MKP?: string;
    };

export interface PsamState {
  readonly memory: PsamMemory;
  readonly session: PsamSession;
  /** What the next session key for a card is made from, 64 hex digits. */
  readonly entropy: string;
  /** Memory to fall back to should the write that is under way fail. */
  readonly undo: PsamMemory | null;
}

export type PsamInput =
  /** Power on or reset line; `fresh` bytes are mixed into the source of session keys. */
  | { readonly kind: "reset"; readonly fresh?: Uint8Array }
  | { readonly kind: "command"; readonly bytes: Uint8Array }
  /** The write that the last step asked for failed; nothing of it is in the memory. */
  | { readonly kind: "write-failed" };

export type PsamOutput =
  /** All of `memory` or nothing, before anything that follows. */
  { readonly kind: "write"; readonly memory: PsamMemory } | { readonly kind: "response"; readonly bytes: Uint8Array };

/** With so many suspended transactions no further debit is issued. */
export const MAX_SUSPENDED = 16;

export const MAX_ISSUED = 64;
