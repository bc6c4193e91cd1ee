import { formatAmount, verbOf } from "../../core/currency.ts";
import type { SetTopBoxMode } from "./state.ts";

/** What the set-top box shows, in plain English. Amounts always with their unit. */
export interface ShownAmount {
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
}

/** What befalls a session before anything was done, and when it must be left open. */
export interface Sentences {
  readonly noCard: string;
  readonly noPurse: string;
  readonly otherCard: string;
  readonly cardFailed: string;
  readonly cardTaken: string;
  readonly cardTorn: string;
}

export const INSERT_CARD = "Please insert the card.";
export const OTHER_CARD = "This is another card.";
export const CANCELLED = "Cancelled. Nothing was paid.";
export const UNCERTAIN =
  "It is not certain whether the card was debited. Please put the same card in again later: it will be settled then.";
export const NOT_DEBITED = "The card was not debited.";

const PAYING: Sentences = {
  noCard: "No card was inserted. Nothing was paid.",
  noPurse: "This card is no purse that can pay here. Nothing was paid.",
  otherCard: `${OTHER_CARD} Nothing was paid.`,
  cardFailed: "The card does not answer as it should. Nothing was paid.",
  cardTaken: "The card was taken out before it was debited. Nothing was paid.",
  cardTorn: "The card was taken out or does not answer while it is being debited. Please put the same card back.",
};

const LOADING: Sentences = {
  noCard: "No card was inserted. Nothing was loaded.",
  noPurse: "This card is no purse that can be loaded here. Nothing was loaded.",
  otherCard: `${OTHER_CARD} Nothing was loaded.`,
  cardFailed: "The card does not answer as it should. Nothing was loaded.",
  cardTaken: "The card was taken out before it was loaded. Nothing was loaded.",
  cardTorn: "The card was taken out or does not answer while it is being loaded. Please put the same card back.",
};

const LOOKING: Sentences = {
  noCard: "No card was inserted.",
  noPurse: "This card is no purse.",
  otherCard: OTHER_CARD,
  cardFailed: "The card does not answer as it should.",
  cardTaken: "The card was taken out.",
  cardTorn: "The card was taken out.",
};

/** The sentences of a session, by what it is for. */
export function sentences(mode: SetTopBoxMode): Sentences {
  if (mode === "log") return LOOKING;
  return mode === "load" || mode === "load-recovery" ? LOADING : PAYING;
}

export function question(sale: ShownAmount): string {
  return `Pay ${price(sale)}?`;
}

export function price({ MPDA, CURRPDA, CEXPPDA }: ShownAmount): string {
  return formatAmount(MPDA, CURRPDA, CEXPPDA);
}

/** `BALIEP` is the balance that the card answered, in the purse's units. */
export function newBalance(BALIEP: number, { CURRPDA, CEXPPDA }: ShownAmount): string {
  return `New balance ${formatAmount(BALIEP, CURRPDA, CEXPPDA)}.`;
}

export function debited(sale: ShownAmount): string {
  return `${price(sale)} ${verbOf(sale.MPDA, sale.CURRPDA, sale.CEXPPDA)} debited.`;
}

export function connectionLost(why: "unreachable" | "silent" | "closed" | "garbled"): string {
  switch (why) {
    case "unreachable":
      return "The cable provider cannot be reached.";
    case "silent":
      return "The cable provider does not answer.";
    case "closed":
      return "The connection to the cable provider was closed.";
    case "garbled":
      return "The cable provider sent something that cannot be understood.";
  }
}

/** Text from outside as it may be shown: no control characters, no characters that turn the writing direction. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}
