/** How long a payment server waits, in milliseconds (`messages.md`, section 9). */
export interface PaymentServerTimeouts {
  /** For a terminal's answer. */
  readonly terminalMs: number;
  /** For a terminal to become free. */
  readonly freeTerminalMs: number;
  /** For the head end's debit response or notice. */
  readonly debitResponseMs: number;
  /** For the first message of a channel: a channel that says nothing keeps a place from others. Longer than a head end waits for its answer. */
  readonly firstMessageMs: number;
  /** For a merchant's answer to a direct confirmation. */
  readonly merchantMs: number;
}

export const PAYMENT_SERVER_TIMEOUTS: PaymentServerTimeouts = {
  terminalMs: 8_000,
  freeTerminalMs: 5_000,
  debitResponseMs: 35_000,
  firstMessageMs: 20_000,
  merchantMs: 4_000,
};
