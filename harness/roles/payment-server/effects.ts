import type { MerchantSecret } from "../../crypto/expected-signature.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { NewTransaction, TransactionChange, TransactionRecord } from "./database/contracts.ts";
import type { MerchantContract } from "./merchant-contract.ts";
import type { OwedCancel } from "./owed-cancels.ts";

/** Randomness that comes with every input after which something may be sealed; 12 fresh bytes each. */
export interface Fresh {
  /** For what is sealed for the merchant. */
  readonly nonce: Uint8Array;
  /** For what the encryption layer seals for head end and set-top box. */
  readonly layerNonce: Uint8Array;
}

/** What a transaction thread is told. */
export type PaymentInput =
  | { readonly kind: "connected" }
  | ({ readonly kind: "message"; readonly bytes: Uint8Array } & Fresh)
  /** A message that the encryption layer could not open. `IDTRX`: what it says outside, if anything. */
  | { readonly kind: "undecipherable"; readonly IDTRX: string | undefined }
  /** The head end said nothing in time. */
  | { readonly kind: "silence" }
  /** The head end's channel is closed or broken. */
  | { readonly kind: "lost" }
  | ({
      readonly kind: "merchant";
      readonly contract: MerchantContract | undefined;
      /** Added by the encryption layer: seals for the merchant in place of the contract key. */
      readonly secret?: MerchantSecret;
    } & Fresh)
  /** False: this merchant has used the identifier before. */
  | { readonly kind: "registered"; readonly isNew: boolean }
  | { readonly kind: "found"; readonly rows: readonly TransactionRecord[] }
  | { readonly kind: "issued-there"; readonly isIssued: boolean }
  /** `undefined`: none became free in time. */
  | { readonly kind: "terminal"; readonly IDTERM: string | undefined }
  | ({ readonly kind: "terminal-answer"; readonly bytes: Uint8Array } & Fresh)
  | { readonly kind: "terminal-silent" }
  /** What the merchant's site answered to a direct confirmation; `undefined` when it could not be reached. */
  | { readonly kind: "posted"; readonly status: number | undefined };

/** A row's key. */
export type SaleName = Pick<NewTransaction, "IDMER" | "IDTRX">;

/** What a transaction thread wants done. */
export type PaymentOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /**
   * Time runs from now, or goes on from the last time that it was `now`; it is short for the first message of a channel.
   * Gives `message`, `silence` or `lost`.
   */
  | { readonly kind: "await-head-end"; readonly since: "now" | "before"; readonly isFirst?: true }
  | { readonly kind: "find-merchant"; readonly IDMER: string }
  | { readonly kind: "register"; readonly row: NewTransaction }
  | { readonly kind: "update"; readonly IDMER: string; readonly IDTRX: string; readonly change: TransactionChange }
  | { readonly kind: "find-transactions"; readonly IDTRX: string }
  /** Whether the terminal was asked for a transaction of that name by another sale than this one. Gives `issued-there`. */
  | { readonly kind: "find-issued"; readonly IDTERM: string; readonly IDTRX: string; readonly sale: SaleName }
  | {
      readonly kind: "acquire-terminal";
      /** Any free terminal, or one of these. */
      readonly among?: readonly string[] | undefined;
      /** What it will issue stays undecided while the terminal serves others: not from one that has its fill of such. */
      readonly issues?: true;
    }
  /** `undecided`: what it has issued waits for its decision until this thread ends. */
  | { readonly kind: "release-terminal"; readonly IDTERM: string; readonly undecided?: true }
  /** `owes`: whose cancellation this is, which is owed to the terminal if it is silent. */
  | {
      readonly kind: "ask-terminal";
      readonly IDTERM: string;
      readonly bytes: Uint8Array;
      readonly owes?: OwedCancel;
    }
  /** The terminal could not be told, or could not do it: it is told before anything else, as soon as that is possible. */
  | { readonly kind: "owe-cancel"; readonly cancel: OwedCancel }
  | { readonly kind: "cancel-answered"; readonly cancel: OwedCancel }
  /** Link 238. Gives `posted`. */
  | { readonly kind: "post-confirmation"; readonly url: string; readonly IDTRX: string; readonly CONF: Uint8Array };
