/** How long a head end waits, in milliseconds (messages.md, section 9). */
export interface HeadEndTimeouts {
  /** For each answer of the merchant and of the payment server. */
  readonly serverMs: number;
  /** For the set-top box: selection, card information, debit response. */
  readonly setTopBoxMs: number;
}

export const HEAD_END_TIMEOUTS: HeadEndTimeouts = { serverMs: 15_000, setTopBoxMs: 30_000 };
