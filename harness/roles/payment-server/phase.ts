import type { DebitResponse, DrawRequest, SealedOpening } from "../../protocol/messages/layouts.ts";
import type { OpenLayer } from "../layer/open-layer.ts";
import type { Step } from "../role.ts";
import type { Agreement } from "./agreement.ts";
import type { NewTransaction, TransactionRecord } from "./database/contracts.ts";
import type { PaymentOutput } from "./effects.ts";
import type { ServedCurrency } from "./merchant-contract.ts";

/** The sale of a transaction, as registered. */
export type Sale = Omit<NewTransaction, "status">;

/** A transaction whose debit command exists, on the terminal that issued it. */
export interface IssuedTransaction {
  readonly sale: Sale;
  readonly agreement: Agreement;
  readonly IDTERM: string;
  readonly NTPSAM: number;
  /** Of the debit command, YYYYMMDDhhmmss. */
  readonly DTHR: string;
  /** What a genuine card answers, 16 bytes; undefined where the PSAM compares. */
  readonly EXPECTED?: Uint8Array | undefined;
  /** The terminal is reserved for this transaction. */
  readonly holdsTerminal: boolean;
  /** The head end waits for a debit result or a refusal; not so after a notice. */
  readonly isAwaited: boolean;
  /** Taken up again from the database, with the card's previous signature. */
  readonly isRecovered: boolean;
  /** Answers of the card that were found wrong so far. */
  readonly wrongAnswers: number;
  /** Messages that did not belong here, so far. */
  readonly strays: number;
}

/** What the card has answered. */
export type CardAnswer = Pick<DebitResponse, "CARDRSP" | "SW">;

/** MODE of a cancellation: 0 for good, 1 kept for a late answer. */
export type CancelMode = 0 | 1;

interface Drawn {
  readonly request: DrawRequest;
  readonly sale: Sale;
  readonly agreement: Agreement;
}

/** Where a transaction thread is: named after what it waits for. */
export type Phase =
  | { readonly at: "first-message" }
  | { readonly at: "merchant"; readonly request: DrawRequest; readonly sale: Sale }
  | ({ readonly at: "registration" } & Drawn)
  | ({ readonly at: "free-terminal" } & Drawn)
  | ({ readonly at: "debit-command"; readonly IDTERM: string } & Drawn)
  /** Whether it is this very transaction that the security card calls used. */
  | { readonly at: "used-name"; readonly sale: Sale; readonly IDTERM: string; readonly CC: string }
  | {
      readonly at: "withdrawal";
      readonly sale: Sale;
      readonly IDTERM: string;
      readonly CC: string;
      /** A transaction that the terminal has opened in its place, to be suspended. */
      readonly other?: string | undefined;
      /** What the terminal owes an answer to, as far as is known. */
      readonly owedMode?: CancelMode | undefined;
    }
  | { readonly at: "debit-response"; readonly transaction: IssuedTransaction }
  /** Its terminal, to have the card's signed refusal judged (`messages.md` 3a). */
  | { readonly at: "judging-terminal"; readonly transaction: IssuedTransaction; readonly answer: CardAnswer }
  | { readonly at: "terminal-result"; readonly transaction: IssuedTransaction }
  /** The merchant's answer to a direct confirmation. */
  | {
      readonly at: "direct-confirmation";
      readonly transaction: IssuedTransaction;
      readonly CC: string;
      readonly CONF: Uint8Array;
      readonly MODE: CancelMode | undefined;
    }
  | { readonly at: "suspension"; readonly transaction: IssuedTransaction }
  /** Its terminal, to have the transaction reversed there. */
  | { readonly at: "reversing-terminal"; readonly transaction: IssuedTransaction; readonly MODE: CancelMode }
  | { readonly at: "reversal"; readonly transaction: IssuedTransaction; readonly MODE: CancelMode }
  | { readonly at: "stored-transaction"; readonly response: DebitResponse }
  | { readonly at: "its-merchant"; readonly response: DebitResponse; readonly row: TransactionRecord }
  | { readonly at: "its-terminal"; readonly response: DebitResponse; readonly transaction: IssuedTransaction }
  | { readonly at: "over" };

export type PhaseAt<At extends Phase["at"]> = Extract<Phase, { at: At }>;

export type PhaseStep = Step<Phase, PaymentOutput>;

/** The encryption layer of a channel, from its sealed opening on (`messages.md` 3b). */
export type Layer = { readonly at: "opening"; readonly envelope: SealedOpening; readonly length: number } | OpenLayer;

export interface PaymentState {
  readonly currencies: readonly ServedCurrency[];
  readonly phase: Phase;
  readonly layer?: Layer;
}

/** A thread that has just been connected. */
export function newThread(currencies: readonly ServedCurrency[]): PaymentState {
  return { currencies, phase: { at: "first-message" } };
}
