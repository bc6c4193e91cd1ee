/** What varies in the table of negative results (`load.md` 5): the zero value load request by rows, the card's answer by columns. */

/** NTIEP of the zero value load request, less that of the original. */
export interface Counter {
  readonly id: "BELOW" | "EQUAL" | "PLUS-1" | "PLUS-2";
  readonly title: string;
  readonly difference: number;
}

export const COUNTERS: readonly Counter[] = [
  { id: "BELOW", title: "counter -1", difference: -1 },
  { id: "EQUAL", title: "counter equal", difference: 0 },
  { id: "PLUS-1", title: "counter +1", difference: 1 },
  { id: "PLUS-2", title: "counter +2", difference: 2 },
];

/** S1 of the zero value load request. */
export interface FirstSignature {
  readonly id: "VALID" | "WRONG" | "REPLAYED" | "OTHER-CARD" | "MISSING";
  readonly title: string;
}

export const FIRST_SIGNATURES: readonly FirstSignature[] = [
  { id: "VALID", title: "S1 valid" },
  { id: "WRONG", title: "S1 with a bit turned" },
  { id: "REPLAYED", title: "S1 taken before the load" },
  { id: "OTHER-CARD", title: "S1 of another card" },
  { id: "MISSING", title: "no S1" },
];

/** What the card really did with the load command. */
export interface Deed {
  readonly id: "REFUSED" | "LOADED";
  readonly title: string;
}

export const DEEDS: readonly Deed[] = [
  { id: "REFUSED", title: "not loaded" },
  { id: "LOADED", title: "loaded" },
];

/** CARDRSP as it arrives in AB. */
export interface Answer {
  readonly id: "NEGATIVE" | "POSITIVE" | "MADE-NEGATIVE" | "MADE-POSITIVE" | "WRONG-S3";
  readonly title: string;
  /** The code that arrives says that nothing was loaded. */
  readonly isNegative: boolean;
  /** S3 is as the card made it. */
  readonly isSigned: boolean;
}

export const ANSWERS: readonly Answer[] = [
  { id: "NEGATIVE", title: "its own negative answer", isNegative: true, isSigned: true },
  { id: "POSITIVE", title: "its own positive answer", isNegative: false, isSigned: true },
  { id: "MADE-NEGATIVE", title: "positive answer with its code made negative", isNegative: true, isSigned: true },
  { id: "MADE-POSITIVE", title: "negative answer with its code made positive", isNegative: false, isSigned: true },
  { id: "WRONG-S3", title: "negative answer with a wrong S3", isNegative: true, isSigned: false },
];

/** Columns that cannot be, and why. */
export const IMPOSSIBLE: readonly { readonly deed: Deed["id"]; readonly answer: Answer["id"]; readonly why: string }[] =
  [
    { deed: "LOADED", answer: "NEGATIVE", why: "a card that was loaded has signed 0000 (card-edge.md 5.2b)" },
    { deed: "LOADED", answer: "MADE-POSITIVE", why: "there is no negative answer of a loaded card to be altered" },
    { deed: "REFUSED", answer: "POSITIVE", why: "a card signs 0000 only over the balance that it was loaded to" },
    { deed: "REFUSED", answer: "MADE-NEGATIVE", why: "there is no positive answer of a card that was not loaded" },
  ];

export function canBe(deed: Deed, answer: Answer): boolean {
  return !IMPOSSIBLE.some((each) => each.deed === deed.id && each.answer === answer.id);
}

/** A cell of the table. */
export interface Place {
  readonly counter: Counter;
  readonly s1: FirstSignature;
  readonly deed: Deed;
  readonly answer: Answer;
}
