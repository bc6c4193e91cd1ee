/** How long a set-top box waits, in milliseconds (messages.md, section 9). */
export interface SetTopBoxTimeouts {
  /** For each answer of the card, and for its insertion. */
  readonly cardMs: number;
  /** For each message of the head end. */
  readonly headEndMs: number;
}

export const SET_TOP_BOX_TIMEOUTS: SetTopBoxTimeouts = { cardMs: 5_000, headEndMs: 40_000 };
