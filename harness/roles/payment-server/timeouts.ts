/** How long a payment server waits, in milliseconds (`messages.md`, section 9). */
export interface PaymentServerTimeouts {
  /** For a terminal's answer. */
  readonly terminalMs: number;
  /** For a terminal to become free. */
  readonly freeTerminalMs: number;
  /** For the head end's first message and for its debit response. */
  readonly debitResponseMs: number;
}

export const PAYMENT_SERVER_TIMEOUTS: PaymentServerTimeouts = {
  terminalMs: 8_000,
  freeTerminalMs: 5_000,
  debitResponseMs: 35_000,
};
