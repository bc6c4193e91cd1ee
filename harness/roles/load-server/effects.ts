import type { LoadConfirmation } from "../../crypto/load-confirmation.ts";
import type { HsmCommand } from "../../protocol/hsm/commands.ts";
import type { Answer, Question } from "../account-holder/questions.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { LoadContract } from "./contract.ts";
import type { LoadChange, LoadName, LoadRecord, NewLoad } from "./database/contracts.ts";

/** What comes with every input: randomness, and the server's clock. */
export interface Fresh {
  /** 12 bytes, for the confirmation. */
  readonly nonce: Uint8Array;
  /** 12 bytes, for what is sealed for head end and set-top box. */
  readonly layerNonce: Uint8Array;
  /** 32 hex digits, for a challenge. */
  readonly challenge: string;
  /** YYYYMMDDhhmmss, UTC. */
  readonly now: string;
}

/** An authorised load of an account of this server's own. */
export interface AuthorisedLoad {
  readonly ACCOUNT: string;
  readonly MLDA: number;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
}

export type LoadEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** A message that the encryption layer could not open. `IDTRX`: what it says outside, if anything. */
  | { readonly kind: "undecipherable"; readonly IDTRX: string | undefined }
  /** Nothing came in time. */
  | { readonly kind: "silence" }
  /** The channel is closed or broken. */
  | { readonly kind: "lost" }
  | { readonly kind: "contract"; readonly contract: LoadContract | undefined }
  | { readonly kind: "authorised"; readonly hold: AuthorisedLoad | undefined }
  /** Undefined: no site of that name. */
  | { readonly kind: "fund-answer"; readonly answer: Answer | undefined }
  /** False: the identifier was used before. */
  | { readonly kind: "registered"; readonly isNew: boolean }
  /** The row as it is now. */
  | { readonly kind: "row"; readonly row: LoadRecord | undefined }
  /** What follows the answer code; undefined: no answer in time, not reachable, or an answer to something else. */
  | { readonly kind: "hsm-answer"; readonly body: string | undefined };

/** What a load thread is told. */
export type LoadInput = LoadEvent & { readonly fresh: Fresh };

/** What a load thread wants done. */
export type LoadOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** EF: the load result for the head end, the confirmation for the account holder. */
  | { readonly kind: "send-result"; readonly confirmation: LoadConfirmation }
  /**
   * Time runs from now, or goes on from the last time that it was `now`; it is short for the first message of a channel.
   * Gives `message`, `silence` or `lost`.
   */
  | { readonly kind: "await-head-end"; readonly since: "now" | "before"; readonly isFirst?: true }
  | { readonly kind: "find-contract"; readonly IDMER: string }
  /** Asks the keeper of pre-funded accounts, on the direct path. Gives `fund-answer`. */
  | { readonly kind: "ask-fund"; readonly SITE: string; readonly question: Question }
  | ({ readonly kind: "find-authorised" } & LoadName)
  | { readonly kind: "register"; readonly row: NewLoad }
  | { readonly kind: "update"; readonly name: LoadName; readonly change: LoadChange }
  /** As `update`; the hold of a pre-funded account follows. Gives `row`. */
  | { readonly kind: "settle"; readonly name: LoadName; readonly change: LoadChange }
  /** Makes a void row where there is none. Gives `row`. */
  | { readonly kind: "void"; readonly row: NewLoad }
  | { readonly kind: "find-load"; readonly name: LoadName }
  /** Gives `hsm-answer`. */
  | { readonly kind: "ask-hsm"; readonly command: HsmCommand };
