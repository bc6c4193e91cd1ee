import type { LoadPage } from "../../protocol/messages/layouts.ts";
import type { LoadSource } from "../../protocol/messages/load-source.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { EndResult, Funds, HeldLoad, HoldResult, LoadEnd, NewHeldLoad } from "./held-load.ts";

/** What an account holder is asked, over HTTPS (link 234) or in messages (direct path, 861). */
export type Question =
  /** 871. SESSION: 16 hex digits. */
  | { readonly kind: "select"; readonly SESSION: string; readonly ACCOUNT: string }
  /** 872: what the card says of itself. */
  | {
      readonly kind: "balance";
      readonly SESSION: string;
      readonly ACCOUNT: string;
      /** 2 to 33, 13 and 21 bytes. */
      readonly ATR: Uint8Array;
      readonly BALANCE: Uint8Array;
      readonly CARDINFO: Uint8Array;
    }
  /** 875. MLDA as the user gave it: 0 to FFFFFFFF. */
  | { readonly kind: "amount"; readonly SESSION: string; readonly IDTRX: string; readonly MLDA: number }
  /** 891. */
  | { readonly kind: "confirmation"; readonly IDTRX: string; readonly CONF: Uint8Array }
  /** Nobody has said what became of this load: the load server is asked (`load.md` 6). */
  | { readonly kind: "settle"; readonly IDTRX: string };

/** What it answers. `CC` of a refusal: the reason, which messages carry; on link 234 only that of 402. */
export type Answer =
  | { readonly kind: "card-information"; readonly source: LoadSource }
  | { readonly kind: "page"; readonly page: Omit<LoadPage, "kind">; readonly amountUrl: string }
  /** SECLOAD, 8 bytes. */
  | { readonly kind: "authorised"; readonly IDTRX: string; readonly SECLOAD: Uint8Array; readonly load: HeldLoad }
  | { readonly kind: "loaded"; readonly load: HeldLoad }
  /** What the load server's word has made of a hold; `open`: it had none. */
  | { readonly kind: "settled"; readonly status: LoadEnd | "open" }
  | { readonly kind: "refused"; readonly status: 400 | 402 | 403 | 404 | 409; readonly CC: string };

/** Fresh for each question. */
export interface Fresh {
  /** 32 hex digits. */
  readonly IDTRX: string;
  /** 8 bytes. */
  readonly RND: Uint8Array;
  /** 16 bytes, of which a TSK is made. */
  readonly TSK: Uint8Array;
  /** Two, each as long as the suite's nonce. */
  readonly nonce: Uint8Array;
  readonly layerNonce: Uint8Array;
  /** YYYYMMDDhhmmss, UTC. */
  readonly now: string;
}

export type HolderInput =
  | { readonly kind: "question"; readonly question: Question; readonly fresh: Fresh }
  /** `isBound`: this session has selected the account. */
  | { readonly kind: "account"; readonly funds: Funds | undefined; readonly isBound: boolean }
  | { readonly kind: "load"; readonly load: HeldLoad | undefined }
  | { readonly kind: "held"; readonly result: HoldResult }
  | { readonly kind: "concluded"; readonly result: EndResult }
  /** The load server's one answer; undefined when it gave none in time. */
  | { readonly kind: "inquired"; readonly bytes: Uint8Array | undefined };

export type HolderOutput =
  | LogOutput
  | EndOutput
  /** Gives `account`. */
  | { readonly kind: "find-account"; readonly SESSION: string; readonly ACCOUNT: string }
  | { readonly kind: "bind"; readonly SESSION: string; readonly ACCOUNT: string }
  | { readonly kind: "offer"; readonly load: NewHeldLoad }
  /** Gives `load`. */
  | { readonly kind: "find-load"; readonly IDTRX: string }
  /** Gives `held`. */
  | { readonly kind: "hold"; readonly IDTRX: string; readonly MLDA: number }
  /** Gives `concluded`. `pool`: account that a loaded amount goes to. */
  | { readonly kind: "conclude"; readonly IDTRX: string; readonly end: LoadEnd; readonly pool: string }
  /** One message to the load server, on a channel of its own. Gives `inquired`. */
  | { readonly kind: "inquire"; readonly bytes: Uint8Array }
  | { readonly kind: "answer"; readonly answer: Answer };
