import type { CardResponse } from "../../protocol/messages/card-response.ts";
import type { LoadRequest, SealedOpening } from "../../protocol/messages/layouts.ts";
import type { LoadInit } from "../../protocol/messages/load-init.ts";
import type { LoadResponse } from "../../protocol/messages/load-response.ts";
import type { OpenLayer } from "../layer/open-layer.ts";
import type { Step } from "../role.ts";
import type { LoadContract, LoadSettings } from "./contract.ts";
import type { LoadName } from "./database/contracts.ts";
import type { LoadOutput } from "./effects.ts";

/** A load request as the card signed it. */
export interface SignedRequest {
  readonly init: LoadInit;
  readonly card: LoadResponse;
}

/** A load whose request is genuine. */
export interface Load extends LoadName, SignedRequest {
  /** 1 bank, 2 pre-funded. */
  readonly SOURCE: number;
  /** Of the issuer's master load key, 32 hex digits. */
  readonly KML: string;
}

/** A load whose command has left. */
export interface SentLoad extends Load {
  /** Taken up again from the database. */
  readonly isRecovered: boolean;
  /** Answers of the card that were found wrong so far. */
  readonly wrongAnswers: number;
  /** Negative answers that were not believed so far. */
  readonly negativeAnswers: number;
  /** Messages that did not belong here, so far. */
  readonly strays: number;
}

/** How a load request came, before it is registered. */
export interface Requested {
  readonly request: LoadRequest;
  readonly signed: SignedRequest;
}

/** Where a load thread is: named after what it waits for. */
export type Phase =
  | { readonly at: "first-message" }
  /** The direct path (861): what the head end is to say next. SESSION: 16 hex digits. */
  | {
      readonly at: "direct";
      readonly SITE: string;
      readonly SESSION: string;
      readonly ACCOUNT: string;
      readonly due: "balance" | "amount" | "nothing";
    }
  | ({ readonly at: "authorised" } & Requested)
  | ({ readonly at: "registration" } & Requested)
  /** DM. */
  | { readonly at: "s2"; readonly load: Load }
  | { readonly at: "load-response"; readonly load: SentLoad }
  /** DO, over a CARDRSP that says that the card was loaded. */
  | { readonly at: "s3"; readonly load: SentLoad; readonly answer: CardResponse }
  /** DU. `answer`: with an S3 that is judged after it; undefined after a challenge. */
  | {
      readonly at: "negative";
      readonly load: SentLoad;
      readonly answer: CardResponse | undefined;
      readonly isEqual: boolean;
    }
  /** DO, over the held S3: as it was signed, or with the result code changed to 0000. */
  | {
      readonly at: "negative-s3";
      readonly load: SentLoad;
      readonly answer: CardResponse;
      readonly judged: "as-signed" | "as-loaded";
    }
  | { readonly at: "challenge"; readonly load: SentLoad; readonly init: LoadInit }
  /** The row, after it was told how the load ended; or as it is. */
  | { readonly at: "outcome" }
  | { readonly at: "stored"; readonly opening: StoredOpening }
  | { readonly at: "over" };

/** What is asked about a load of the database. */
export type StoredOpening =
  | { readonly kind: "inquiry"; readonly name: LoadName }
  | {
      readonly kind: "recovery";
      readonly name: LoadName;
      readonly SOURCE: number;
      readonly NTIEP: number;
      readonly CARDRSP: Uint8Array;
      readonly SW: string;
    };

export type PhaseAt<At extends Phase["at"]> = Extract<Phase, { at: At }>;

export type PhaseStep = Step<Phase, LoadOutput>;

/** The encryption layer of a channel. */
export type Layer = { readonly at: "opening"; readonly envelope: SealedOpening; readonly length: number } | OpenLayer;

export interface LoadState {
  readonly settings: LoadSettings;
  readonly phase: Phase;
  readonly layer?: Layer;
  /** Of the account holder, once the channel is opened. */
  readonly contract?: LoadContract;
}

/** A thread that has just been connected. */
export function newThread(settings: LoadSettings): LoadState {
  return { settings, phase: { at: "first-message" } };
}
