import type { EndOutput, LogOutput } from "../role.ts";
import type { NewTransaction, TransactionChange, TransactionRecord } from "./database/contracts.ts";
import type { MerchantContract } from "./merchant-contract.ts";

/** What a transaction thread is told. `nonce`: 12 fresh random bytes for a confirmation. */
export type PaymentInput =
  | { readonly kind: "connected" }
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** The head end said nothing in time. */
  | { readonly kind: "silence" }
  /** The head end's channel is closed or broken. */
  | { readonly kind: "lost" }
  | { readonly kind: "merchant"; readonly contract: MerchantContract | undefined; readonly nonce: Uint8Array }
  /** False: this merchant has used the identifier before. */
  | { readonly kind: "registered"; readonly isNew: boolean }
  | { readonly kind: "found"; readonly rows: readonly TransactionRecord[] }
  /** `undefined`: none became free in time. */
  | { readonly kind: "terminal"; readonly IDTERM: string | undefined }
  | { readonly kind: "terminal-answer"; readonly bytes: Uint8Array; readonly nonce: Uint8Array }
  | { readonly kind: "terminal-silent" };

/** What a transaction thread wants done. */
export type PaymentOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** Time runs from now, or goes on from the last time that it was `now`. Gives `message`, `silence` or `lost`. */
  | { readonly kind: "await-head-end"; readonly since: "now" | "before" }
  | { readonly kind: "find-merchant"; readonly IDMER: string }
  | { readonly kind: "register"; readonly row: NewTransaction }
  | { readonly kind: "update"; readonly IDMER: string; readonly IDTRX: string; readonly change: TransactionChange }
  | { readonly kind: "find-transactions"; readonly IDTRX: string }
  /** Any free terminal, or that one when it is free. */
  | { readonly kind: "acquire-terminal"; readonly IDTERM?: string }
  | { readonly kind: "release-terminal"; readonly IDTERM: string }
  | { readonly kind: "ask-terminal"; readonly IDTERM: string; readonly bytes: Uint8Array };
