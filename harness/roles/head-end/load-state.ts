import type { EncryptionLayer } from "../../protocol/messages/encryption-layer.ts";
import type { Balance, LoadPage, LoadResponse, LoadSelection, Message } from "../../protocol/messages/layouts.ts";
import type { FormAddress, LoadSite } from "./load-sites.ts";

/** What a load waits for. */
export type LoadPhase =
  | "calling" // direct path: the load server of the site
  | "requesting" // card information request of the account holder
  | "balance" // A3
  | "paging" // load page
  | "amount" // A5
  | "authorising" // the account holder's word that the account is debited
  | "initialising" // A7
  | "connecting" // to the load server
  | "asking" // the load request leaves
  | "commanding" // A9 from the load server
  | "loading" // AA from the set-top box
  | "responding" // AA, AB, B0 or AE leaves
  | "judging" // result, challenge or refusal
  | "dating" // the time of the zero value load request
  | "proving" // A7 of the zero value load request
  | "challenged" // A7 of the challenge
  | "confirming" // the answer to the confirmation
  | "over";

/** What is known of a load from its page, or from a recovery. */
export interface LoadTerms {
  /** 01 bank, 02 pre-funded. */
  readonly SOURCE: number;
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** The account holder, 8 characters. */
  readonly IDMER: string;
  /** The load server. */
  readonly HOST: string;
  readonly PORT: number;
  readonly layer: EncryptionLayer;
  /** Where the confirmation goes; absent where nobody is to be told. */
  readonly confirmation: { readonly url: string; readonly address: FormAddress } | undefined;
}

/** Minor units with currency and decimals. */
export interface LoadAmountOf {
  readonly MLDA: number;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
}

/** One load, or the recovery of one. */
export interface LoadState {
  readonly phase: LoadPhase;
  /** Absent in a recovery, as is all that only a page says. */
  readonly site: LoadSite | undefined;
  readonly selection: LoadSelection | undefined;
  readonly balance: Balance | undefined;
  readonly page: LoadPage | undefined;
  readonly amountAddress: FormAddress | undefined;
  readonly terms: LoadTerms | undefined;
  readonly amount: LoadAmountOf | undefined;
  /** 8 bytes from a bank. */
  readonly SECLOAD: Uint8Array | undefined;
  /** The account may be debited: what fails from now on is settled by the account holder. */
  readonly held: boolean;
  /** Of the load request. */
  readonly LOADINIT: Uint8Array | undefined;
  readonly card: { readonly ATR: Uint8Array; readonly LOADRSP: Uint8Array } | undefined;
  /** Data of CREDIT IEP, for the one repetition after a wrong S3. */
  readonly LOADDATA: Uint8Array | undefined;
  readonly repeated: boolean;
  readonly response: Omit<LoadResponse, "kind" | "IDTRX"> | undefined;
  /** LOADINIT of the zero value load request; there is one at most. */
  readonly zero: Uint8Array | undefined;
  /** There is one challenge at most. */
  readonly challenged: boolean;
  /** Code of a stop of the set-top box, while the load server is still being told. */
  readonly failure: string | undefined;
  /** What the load server said, while the account holder is being told. */
  readonly result: string | undefined;
  /** Leaves for the load server as soon as there is a nonce to seal it with. */
  readonly unsealed: Message | undefined;
  /** The load response, encoded, as the set-top box has sealed it. */
  readonly sealedResponse: { readonly inner: Uint8Array; readonly SEALED: Uint8Array } | undefined;
}

export function newLoad(phase: LoadPhase): LoadState {
  return {
    phase,
    site: undefined,
    selection: undefined,
    balance: undefined,
    page: undefined,
    amountAddress: undefined,
    terms: undefined,
    amount: undefined,
    SECLOAD: undefined,
    held: false,
    LOADINIT: undefined,
    card: undefined,
    LOADDATA: undefined,
    repeated: false,
    response: undefined,
    zero: undefined,
    challenged: false,
    failure: undefined,
    result: undefined,
    unsealed: undefined,
    sealedResponse: undefined,
  };
}
