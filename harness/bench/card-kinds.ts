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
  "aes",
  "rsa",
  "rsa-expired-certificate",
  "rsa-other-issuer",
  "rsa-other-ca",
  "rsa-other-key",
  "rsa-malformed-certificate",
  "second-key-version",
  "issuer-b",
  "yen",
  "dinar",
  "points",
  "virtual",
  "empty",
  "at-maximum",
  "low-maximum",
  "supplied",
  "almost-exhausted",
  "at-carry",
  "whole-range",
  "t0",
] as const;

export type SimulatedCardKind = (typeof CARD_KINDS)[number];

/** A supplied card can be issued once, the last number is used once, and what is at its end is there once: each case gets a new one. */
export const USED_UP_KINDS: ReadonlySet<string> = new Set<SimulatedCardKind>([
  "supplied",
  "almost-exhausted",
  "at-carry",
  "whole-range",
]);

/** What a person can have at hand: `specimen` is the card under test itself, `virtual` no card; `exerciser` is that of readers. */
export const HAND_CARD_KINDS = [
  ...CARD_KINDS.filter((kind) => kind !== "specimen" && kind !== "virtual"),
  "exerciser" as const,
] as const;
export type HandCardKind = (typeof HAND_CARD_KINDS)[number];
