/** Kinds of cards that the harness can play (`CardKind` of the flows; a test holds the two together). */
export const CARD_KINDS = [
  "specimen",
  "second",
  "expired",
  "other-currency",
  "poor",
  "blocked-list",
  "blocked",
  "unknown-provider",
  "unknown-key-version",
  "exhausted",
  "mute",
  "malformed-atr",
  "no-purse",
] as const;

export type SimulatedCardKind = (typeof CARD_KINDS)[number];
