import type { DebitResponse, DrawRequest } from "../../protocol/messages/layouts.ts";
import type { Step } from "../role.ts";
import type { NewTransaction, TransactionRecord } from "./database/contracts.ts";
import type { PaymentOutput } from "./effects.ts";
import type { ServedCurrency } from "./merchant-contract.ts";

/** The sale of a transaction, as registered. */
export type Sale = Omit<NewTransaction, "status">;

/** A transaction whose debit command exists, on the terminal that issued it. */
export interface IssuedTransaction {
  readonly sale: Sale;
  readonly KMER: Uint8Array;
  readonly IDTERM: string;
  readonly NTPSAM: number;
  /** Of the debit command, YYYYMMDDhhmmss. */
  readonly DTHR: string;
  /** Answers of the card that the security card found wrong so far. */
  readonly wrongAnswers: number;
  /** Messages that did not belong here, so far. */
  readonly strays: number;
}

/** Where a transaction thread is: named after what it waits for. */
export type Phase =
  | { readonly at: "first-message" }
  | { readonly at: "merchant"; readonly request: DrawRequest; readonly sale: Sale }
  | { readonly at: "registration"; readonly request: DrawRequest; readonly sale: Sale; readonly KMER: Uint8Array }
  | { readonly at: "free-terminal"; readonly request: DrawRequest; readonly sale: Sale; readonly KMER: Uint8Array }
  | { readonly at: "debit-command"; readonly sale: Sale; readonly KMER: Uint8Array; readonly IDTERM: string }
  | {
      readonly at: "withdrawal";
      readonly sale: Sale;
      readonly IDTERM: string;
      readonly CC: string;
      /** A transaction that the terminal has opened in its place, to be suspended. */
      readonly other?: string | undefined;
    }
  | { readonly at: "debit-response"; readonly transaction: IssuedTransaction }
  | { readonly at: "terminal-result"; readonly transaction: IssuedTransaction }
  | { readonly at: "suspension"; readonly transaction: IssuedTransaction }
  | { readonly at: "stored-transaction"; readonly response: DebitResponse }
  | { readonly at: "its-merchant"; readonly response: DebitResponse; readonly row: TransactionRecord }
  | { readonly at: "its-terminal"; readonly response: DebitResponse; readonly transaction: IssuedTransaction }
  | { readonly at: "over" };

export type PhaseAt<At extends Phase["at"]> = Extract<Phase, { at: At }>;

export type PhaseStep = Step<Phase, PaymentOutput>;

export interface PaymentState {
  readonly currencies: readonly ServedCurrency[];
  readonly phase: Phase;
}

/** A thread that has just been connected. */
export function newThread(currencies: readonly ServedCurrency[]): PaymentState {
  return { currencies, phase: { at: "first-message" } };
}
