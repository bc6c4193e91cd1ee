import { type ElementName, type ElementValue, isElementName } from "./elements.ts";

/** An element of a message; `?` marks one that may be absent. */
type Slot = ElementName | `${ElementName}?`;

export interface Layout {
  /** Template tag; one byte, constructed, and another one for each message. */
  readonly tag: number;
  /** In the order in which they stand in the message. */
  readonly elements: readonly Slot[];
  /** Clause of the specification. */
  readonly clause: string;
}

/** THE table of TLV messages (`messages.md` 2, 3 and 5; `load.md` 2, 4; `clearing.md` 2, 4). */
export const LAYOUTS = {
  // Cable link, 2
  selection: { tag: 0xe1, clause: "messages.md 2", elements: ["SESSION", "SITE", "ITEM", "QUANTITY", "PAYMENT"] },
  page: {
    tag: 0xe2,
    clause: "messages.md 2",
    elements: [
      "IDMER",
      "IDTRX",
      "MPDA",
      "CURRPDA",
      "CEXPPDA",
      "HOST",
      "PORT",
      "URL",
      "SECINFO",
      "RELEASE",
      "ENCRYPTION",
      "TEXT",
      "COMPARE?",
      "RND?",
      "TSK?",
      "ETSK?",
    ],
  },
  "card-information": { tag: 0xe3, clause: "messages.md 2", elements: ["IDTRX", "ATR", "INITRSP", "CERTS?"] },
  stop: { tag: 0xe6, clause: "messages.md 2", elements: ["IDTRX", "CC"] },
  "user-message": { tag: 0xe7, clause: "messages.md 2", elements: ["IDTRX?", "CC", "TEXT"] },
  result: { tag: 0xe8, clause: "messages.md 2", elements: ["IDTRX", "CC", "CONTENT"] },
  recovery: {
    tag: 0xe9,
    clause: "messages.md 2",
    elements: ["IDTRX", "IDMER", "HOST", "PORT", "URL", "CARDRSP", "SW", "ENCRYPTION?", "RND?", "TSK?", "ETSK?"],
  },

  // Cable link and link 236, 2 and 3
  "debit-command": {
    tag: 0xeb,
    clause: "messages.md 2, 3",
    elements: ["IDTRX", "DEBITDATA", "PSAMCERT?", "SESSKEY?", "EXPECTED?", "SEXP?"],
  },
  "debit-response": { tag: 0xec, clause: "messages.md 2, 3", elements: ["IDTRX", "CARDRSP", "SW", "RECOVERED"] },

  // Link 236, 3
  "draw-request": {
    tag: 0xea,
    clause: "messages.md 3",
    elements: [
      "TOKEN",
      "STATE",
      "IDMER",
      "IDTRX",
      "SECINFO",
      "ATR",
      "INITRSP",
      "MPDA",
      "CURRPDA",
      "CEXPPDA",
      "COMPARE?",
      "CERTS?",
    ],
  },
  "debit-result": { tag: 0xed, clause: "messages.md 3", elements: ["IDTRX", "IDMER", "CC?", "CONF?", "CLEARCONF?"] },
  refusal: { tag: 0xee, clause: "messages.md 3", elements: ["IDTRX?", "CC"] },

  notice: { tag: 0xe0, clause: "messages.md 3a", elements: ["IDTRX", "CC", "CARDRSP", "SW"] },

  // The encryption layer, 3b
  "sealed-opening": { tag: 0xe4, clause: "messages.md 3b", elements: ["IDMER", "IDTRX", "RND", "ETSK", "SEALED"] },
  sealed: { tag: 0xe5, clause: "messages.md 2, 3b", elements: ["IDTRX", "SEALED"] },
  "sealed-results": { tag: 0xef, clause: "messages.md 3b", elements: ["IDTRX", "SEALED", "CONF"] },

  // Terminal messages, 5
  "t-draw": {
    tag: 0xf1,
    clause: "messages.md 5",
    elements: ["IDTERM", "IDTRX", "IDMER", "ATR", "INITRSP", "MPDA", "CURRPDA", "CEXPPDA", "COMPARE?", "CERTS?"],
  },
  "t-debit": {
    tag: 0xf2,
    clause: "messages.md 5",
    elements: ["IDTERM", "IDTRX", "DEBITDATA", "PSAMCERT?", "SESSKEY?", "EXPECTED?"],
  },
  "t-response": { tag: 0xf3, clause: "messages.md 5", elements: ["IDTERM", "IDTRX", "CARDRSP", "SW"] },
  "t-result": { tag: 0xf4, clause: "messages.md 5", elements: ["IDTERM", "IDTRX", "CC", "MSGRESULT?"] },
  "t-refusal": { tag: 0xf5, clause: "messages.md 5", elements: ["IDTERM", "IDTRX?", "CC"] },
  "t-cancel": { tag: 0xf6, clause: "messages.md 5", elements: ["IDTERM", "IDTRX", "MODE"] },
  "t-done": { tag: 0xf7, clause: "messages.md 5", elements: ["IDTERM", "IDTRX", "CC"] },
  "t-read-store": { tag: 0xf8, clause: "messages.md 5", elements: ["IDTERM", "INDEX"] },
  "t-store": { tag: 0xf9, clause: "messages.md 5", elements: ["IDTERM", "INDEX", "STORE"] },
  "t-read-totals": { tag: 0xfa, clause: "messages.md 5", elements: ["IDTERM"] },
  "t-totals": { tag: 0xfb, clause: "messages.md 5", elements: ["IDTERM", "TOTALS"] },
  "t-apdu": { tag: 0xfc, clause: "messages.md 5", elements: ["IDTERM", "APDU"] },
  "t-answer": { tag: 0xfd, clause: "messages.md 5", elements: ["IDTERM", "RAPDU"] },

  // Loading, cable link
  "load-selection": { tag: 0xa1, clause: "load.md 2", elements: ["SESSION", "SITE", "ACCOUNT"] },
  "card-information-request": { tag: 0xa2, clause: "load.md 2", elements: ["SOURCE"] },
  balance: { tag: 0xa3, clause: "load.md 2", elements: ["ATR", "BALANCE", "CARDINFO"] },
  "load-page": {
    tag: 0xa4,
    clause: "load.md 2",
    elements: [
      "SOURCE",
      "IDMER",
      "IDTRX",
      "MLDAmax",
      "CURRLDA",
      "CEXPLDA",
      "IDACQ",
      "DTHR",
      "HOST",
      "PORT",
      "URL?",
      "SECINFO",
      "RELEASE",
      "ENCRYPTION",
      "TEXT",
      "RND",
      "TSK",
      "ETSK",
    ],
  },
  "load-amount": { tag: 0xa5, clause: "load.md 2", elements: ["IDTRX", "MLDA"] },
  "initialise-load": { tag: 0xa6, clause: "load.md 2", elements: ["IDTRX", "LOADINIT"] },
  "load-card-information": { tag: 0xa7, clause: "load.md 2", elements: ["IDTRX", "ATR", "LOADRSP"] },

  // Loading, cable link and link 236
  "load-command": { tag: 0xa9, clause: "load.md 2, 4", elements: ["IDTRX", "LOADDATA"] },
  "load-response": { tag: 0xaa, clause: "load.md 2, 4", elements: ["IDTRX", "CARDRSP", "SW", "RECOVERED"] },
  "load-recovery": {
    tag: 0xae,
    clause: "load.md 2, 4",
    elements: [
      "SOURCE",
      "IDTRX",
      "IDMER",
      "HOST?",
      "PORT?",
      "URL?",
      "ENCRYPTION?",
      "RND?",
      "TSK?",
      "ETSK?",
      "LOADINIT",
      "LOADRSP",
      "CARDRSP",
      "SW",
    ],
  },

  // Loading, link 236
  "load-request": {
    tag: 0xa8,
    clause: "load.md 4",
    elements: ["SOURCE", "IDMER", "IDTRX", "ATR", "LOADINIT", "LOADRSP", "SECLOAD?"],
  },
  "negative-result": {
    tag: 0xab,
    clause: "load.md 4, 5",
    elements: ["IDTRX", "CARDRSP", "SW", "LOADINIT", "LOADRSP"],
  },
  "load-result": { tag: 0xac, clause: "load.md 4", elements: ["IDTRX", "CC"] },
  "load-inquiry": { tag: 0xad, clause: "load.md 6", elements: ["IDMER", "IDTRX"] },
  "load-challenge": { tag: 0xaf, clause: "load.md 4, 5", elements: ["IDTRX", "LOADINIT"] },
  "challenge-response": { tag: 0xb0, clause: "load.md 4, 5", elements: ["IDTRX", "LOADRSP"] },
  "load-authorisation": { tag: 0xb1, clause: "load.md 4", elements: ["IDTRX", "SECLOAD"] },

  // Clearing: terminals
  "t-collect": { tag: 0xb4, clause: "clearing.md 2", elements: ["IDTERM", "DIGEST", "LINES"] },
  "t-collected": {
    tag: 0xb5,
    clause: "clearing.md 2",
    elements: ["IDTERM", "BATCHNO", "NTCOL", "DIGEST", "LINES", "S4"],
  },
  "t-acknowledge": { tag: 0xb6, clause: "clearing.md 2", elements: ["IDTERM", "NTCOL", "S5"] },
  "t-update": { tag: 0xb7, clause: "clearing.md 2", elements: ["IDTERM", "UPDATE"] },

  // Clearing: link batch. Several of the last four stand in one delivery (`delivery.ts`)
  batch: {
    tag: 0xb8,
    clause: "clearing.md 4",
    elements: ["IDCP", "IDACQUIRER", "BATCHNO", "NTCOL", "LINES", "MEMBERS", "S4"],
  },
  "batch-acknowledgement": {
    tag: 0xb9,
    clause: "clearing.md 4",
    elements: ["IDCP", "BATCHNO", "NTCOL", "DIGEST", "S5", "REFUSED?"],
  },
  "batch-refusal": { tag: 0xba, clause: "clearing.md 4", elements: ["IDCP", "BATCHNO", "NTCOL", "CC"] },
  "system-update": { tag: 0xbb, clause: "clearing.md 4", elements: ["BATCHNO", "UPDATE"] },
  "update-receipt": { tag: 0xbd, clause: "clearing.md 4", elements: ["BATCHNO", "NTUPD", "CC"] },
} as const satisfies Readonly<Record<string, Layout>>;

export type MessageKind = keyof typeof LAYOUTS;

type Slots<Kind extends MessageKind> = (typeof LAYOUTS)[Kind]["elements"][number];
type Optional<S> = S extends `${infer Name extends ElementName}?` ? Name : never;

/** The message of that kind: its elements as fields, values as `elements.ts` says. */
export type MessageOf<Kind extends MessageKind> = { readonly kind: Kind } & {
  readonly [Name in Extract<Slots<Kind>, ElementName>]: ElementValue<Name>;
} & { readonly [Name in Optional<Slots<Kind>>]?: ElementValue<Name> | undefined };

/** Any message; tell them apart by `kind`. */
export type Message = { [Kind in MessageKind]: MessageOf<Kind> }[MessageKind];

export type Selection = MessageOf<"selection">;
export type Page = MessageOf<"page">;
export type CardInformation = MessageOf<"card-information">;
export type Stop = MessageOf<"stop">;
export type UserMessage = MessageOf<"user-message">;
export type ResultMessage = MessageOf<"result">;
export type Recovery = MessageOf<"recovery">;
export type DebitCommand = MessageOf<"debit-command">;
export type DebitResponse = MessageOf<"debit-response">;
export type DrawRequest = MessageOf<"draw-request">;
export type DebitResult = MessageOf<"debit-result">;
export type Refusal = MessageOf<"refusal">;
export type Notice = MessageOf<"notice">;
export type SealedOpening = MessageOf<"sealed-opening">;
export type Sealed = MessageOf<"sealed">;
export type SealedResults = MessageOf<"sealed-results">;
export type TApdu = MessageOf<"t-apdu">;
export type TAnswer = MessageOf<"t-answer">;
export type TDraw = MessageOf<"t-draw">;
export type TDebit = MessageOf<"t-debit">;
export type TResponse = MessageOf<"t-response">;
export type TResult = MessageOf<"t-result">;
export type TRefusal = MessageOf<"t-refusal">;
export type TCancel = MessageOf<"t-cancel">;
export type TDone = MessageOf<"t-done">;
export type TReadStore = MessageOf<"t-read-store">;
export type TStore = MessageOf<"t-store">;
export type TReadTotals = MessageOf<"t-read-totals">;
export type TTotals = MessageOf<"t-totals">;
export type LoadSelection = MessageOf<"load-selection">;
export type CardInformationRequest = MessageOf<"card-information-request">;
export type Balance = MessageOf<"balance">;
export type LoadPage = MessageOf<"load-page">;
export type LoadAmount = MessageOf<"load-amount">;
export type InitialiseLoad = MessageOf<"initialise-load">;
export type LoadCardInformation = MessageOf<"load-card-information">;
export type LoadCommand = MessageOf<"load-command">;
export type LoadResponse = MessageOf<"load-response">;
export type LoadRecovery = MessageOf<"load-recovery">;
export type LoadRequest = MessageOf<"load-request">;
export type NegativeResult = MessageOf<"negative-result">;
export type LoadResult = MessageOf<"load-result">;
export type LoadInquiry = MessageOf<"load-inquiry">;
export type LoadChallenge = MessageOf<"load-challenge">;
export type ChallengeResponse = MessageOf<"challenge-response">;
export type LoadAuthorisation = MessageOf<"load-authorisation">;
export type TCollect = MessageOf<"t-collect">;
export type TCollected = MessageOf<"t-collected">;
export type TAcknowledge = MessageOf<"t-acknowledge">;
export type TUpdate = MessageOf<"t-update">;
export type Batch = MessageOf<"batch">;
export type BatchAcknowledgement = MessageOf<"batch-acknowledgement">;
export type BatchRefusal = MessageOf<"batch-refusal">;
export type SystemUpdate = MessageOf<"system-update">;
export type UpdateReceipt = MessageOf<"update-receipt">;

/** A place in a message, ready for encoder and parser. */
export interface Place {
  readonly name: ElementName;
  readonly optional: boolean;
}

/** The places of a message of that kind, in order. */
export function placesOf(kind: MessageKind): readonly Place[] {
  return PLACES.get(kind) ?? [];
}

export function isMessageKind(text: string): text is MessageKind {
  return Object.hasOwn(LAYOUTS, text);
}

/** The kind of message that a template tag opens, or undefined. */
export function kindOfTag(tag: number): MessageKind | undefined {
  return KINDS_BY_TAG.get(tag);
}

const KINDS = Object.keys(LAYOUTS).filter(isMessageKind);

/** Every kind of message, in the order of the table. */
export function messageKinds(): readonly MessageKind[] {
  return KINDS;
}

const KINDS_BY_TAG: ReadonlyMap<number, MessageKind> = new Map(KINDS.map((kind) => [LAYOUTS[kind].tag, kind]));

function placeOf(slot: string): readonly Place[] {
  const optional = slot.endsWith("?");
  const name = optional ? slot.slice(0, -1) : slot;
  return isElementName(name) ? [{ name, optional }] : [];
}

const PLACES: ReadonlyMap<MessageKind, readonly Place[]> = new Map(
  KINDS.map((kind) => [kind, LAYOUTS[kind].elements.flatMap(placeOf)]),
);
