import type { BenchTimeouts } from "../bench/schema.ts";
import { HEAD_END_TIMEOUTS, type HeadEndTimeouts } from "../roles/head-end/timeouts.ts";
import { LOAD_SERVER_TIMEOUTS, type LoadServerTimeouts } from "../roles/load-server/timeouts.ts";
import { PAYMENT_SERVER_TIMEOUTS, type PaymentServerTimeouts } from "../roles/payment-server/timeouts.ts";
import { SET_TOP_BOX_TIMEOUTS, type SetTopBoxTimeouts } from "../roles/set-top-box/timeouts.ts";
import { TERMINAL_TIMEOUTS, type TerminalTimeouts } from "../roles/terminal/serve.ts";

/** How long each role waits (`messages.md`, section 9): the defaults, and what the bench description says otherwise. */
export interface SystemTimeouts {
  readonly setTopBox: SetTopBoxTimeouts;
  readonly headEnd: HeadEndTimeouts;
  readonly paymentServer: PaymentServerTimeouts;
  readonly terminal: TerminalTimeouts;
  readonly loadServer: LoadServerTimeouts;
}

export function timeoutsOf(bench: BenchTimeouts): SystemTimeouts {
  return {
    setTopBox: {
      cardMs: bench.setTopBoxCardMs ?? SET_TOP_BOX_TIMEOUTS.cardMs,
      headEndMs: bench.setTopBoxHeadEndMs ?? SET_TOP_BOX_TIMEOUTS.headEndMs,
    },
    headEnd: {
      serverMs: bench.headEndServerMs ?? HEAD_END_TIMEOUTS.serverMs,
      setTopBoxMs: bench.headEndSetTopBoxMs ?? HEAD_END_TIMEOUTS.setTopBoxMs,
    },
    paymentServer: {
      ...PAYMENT_SERVER_TIMEOUTS,
      terminalMs: bench.paymentServerTerminalMs ?? PAYMENT_SERVER_TIMEOUTS.terminalMs,
      freeTerminalMs: bench.paymentServerQueueMs ?? PAYMENT_SERVER_TIMEOUTS.freeTerminalMs,
      debitResponseMs: bench.paymentServerDebitResponseMs ?? PAYMENT_SERVER_TIMEOUTS.debitResponseMs,
      firstMessageMs: bench.paymentServerFirstMessageMs ?? PAYMENT_SERVER_TIMEOUTS.firstMessageMs,
      merchantMs: bench.paymentServerMerchantMs ?? PAYMENT_SERVER_TIMEOUTS.merchantMs,
    },
    loadServer: {
      hsmMs: bench.loadServerHsmMs ?? LOAD_SERVER_TIMEOUTS.hsmMs,
      loadResponseMs: bench.loadServerResponseMs ?? LOAD_SERVER_TIMEOUTS.loadResponseMs,
      firstMessageMs: bench.loadServerFirstMessageMs ?? LOAD_SERVER_TIMEOUTS.firstMessageMs,
    },
    terminal: { psamMs: bench.terminalPsamMs ?? TERMINAL_TIMEOUTS.psamMs },
  };
}
