import type { TransactionKind } from "../../protocol/messages/get-previous-signature.ts";
import type { LogRecord } from "../../protocol/messages/read-record.ts";
import type { CardData } from "./card-data.ts";

/** What a public key card holds besides (card-edge.md 5.3a), bytes in hex. */
export interface PublicKeyPart {
  /** PKCS#8 in base64. No command reads it. */
  readonly privateKey: string;
  /** 244 bytes each. */
  readonly issuerCertificate: string;
  readonly cardCertificate: string;
  /** Key of its CA, 112 bytes. */
  readonly caModulus: string;
}

/** A CARDRSP that the card gave, 32 hex digits, with its transaction. */
export interface PreviousAnswer {
  readonly kind: TransactionKind;
  readonly NTIEP: number;
  readonly CARDRSP: string;
}

/** What the card keeps without power. Plain values only: it can be copied, stored and compared. */
export interface Purse extends CardData {
  /** KDP, 32 hex digits; empty on a public key card and before it is issued. No command reads it, nor the other keys. */
  readonly KDP: string;
  /** KDL, 32 hex digits; empty before the card is issued. */
  readonly KDL: string;
  /** KDU, 32 hex digits; only as long as the card is not issued. */
  readonly KDU: string;
  /** There exactly on a public key card. */
  readonly rsa?: PublicKeyPart;
  /** Newest first. */
  readonly log: readonly LogRecord[];
  /** Answer of the last completed transaction, for GET PREVIOUS IEP SIGNATURE. */
  readonly previous: PreviousAnswer | null;
}

/** A PSAM that has shown its certificate, and then its session key. */
export interface CertifiedPsam {
  /** As in the certificate: PPPSAM, `00`, IDPSAM; 16 hex digits. */
  readonly subject: string;
  /** 224 hex digits. */
  readonly modulus: string;
  /** Session key, 32 hex digits. */
  readonly SK?: string;
}

/** What the card forgets at reset (card-edge.md, section 3). */
export type CardSession =
  | { readonly kind: "idle" }
  | { readonly kind: "selected" }
  | {
      readonly kind: "initialised";
      /** The card's own answer, 54 hex digits: S2 and S3 are made over it, R is in it. */
      readonly INITRSP: string;
      /** On a public key card, once a certificate was presented. */
      readonly psam?: CertifiedPsam;
    }
  | {
      readonly kind: "initialised-for-load";
      /** The card's own answer, 54 hex digits, what it was asked, 68, and its signature over both, 16. */
      readonly INITRSP: string;
      readonly LOADINIT: string;
      readonly S1: string;
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
  /** All of `purse` or nothing, before anything that follows: card-edge.md 6. */
  { readonly kind: "write"; readonly purse: Purse } | { readonly kind: "response"; readonly bytes: Uint8Array };

/** Records of the transaction log; the specification asks for at least 10. */
export const LOG_RECORDS = 16;
