import type { TransactionChange } from "./database/contracts.ts";
import { confirmationFor, logConfirmation, sendDebitResult } from "./debit-result.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, over, releaseHeld, update } from "./outputs.ts";
import type { CancelMode, IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { reverse } from "./reversal.ts";

/** From the outcome of a transaction to its debit result (634), by the form that was agreed (`messages.md` 3c). */

export type Outcome = TransactionChange & { readonly status: "confirmed" | "failed"; readonly CC: string };

/** `reversal`: the terminal has still to take the transaction back. */
export function conclude(
  transaction: IssuedTransaction,
  outcome: Outcome,
  nonce: Uint8Array,
  before: readonly PaymentOutput[],
  reversal?: CancelMode,
): PhaseStep {
  const written = update(transaction.sale, outcome);
  if (!transaction.isAwaited) return ending(transaction, [...before, written], reversal);
  return announce(transaction, outcome.CC, nonce, before, written, reversal);
}

/** The debit result of a transaction whose outcome is known; `written`: the change of its row that has to come before it. */
export function announce(
  transaction: IssuedTransaction,
  CC: string,
  nonce: Uint8Array,
  before: readonly PaymentOutput[],
  written: PaymentOutput | undefined,
  reversal?: CancelMode,
): PhaseStep {
  const { agreement, sale } = transaction;
  const CONF = confirmationFor(transaction, CC, nonce);
  const change = written === undefined ? [] : [written];
  // A recovery has no user's session to fetch with what was paid directly: the confirmation goes the way of the head end.
  if (agreement.statusUrl === undefined || transaction.isRecovered) {
    const sent = sendDebitResult(transaction, CC, CONF, agreement.confirmation);
    return ending(transaction, [...before, logConfirmation(transaction, CC), ...change, sent], reversal);
  }
  // The merchant's site may be slow: the terminal does not wait for it.
  const waiting = { ...transaction, holdsTerminal: false };
  const post = { kind: "post-confirmation", url: agreement.statusUrl, IDTRX: sale.IDTRX, CONF } as const;
  return {
    state: { at: "direct-confirmation", transaction: waiting, CC, CONF, MODE: reversal },
    outputs: [...before, ...change, ...releaseHeld(transaction), post],
  };
}

/** The merchant has it: released or paid, a failure taken note of, or known from an earlier try (`messages.md` 4). */
const TAKEN: ReadonlySet<number | undefined> = new Set([200, 402, 409]);

/** A merchant that could not be reached, or did not take it, does not change the outcome: the head end carries it then. */
export function onDirectConfirmation(phase: PhaseAt<"direct-confirmation">, input: PaymentInput): PhaseStep {
  if (input.kind !== "posted") return ignored(phase);
  const { transaction, CC, CONF, MODE } = phase;
  const isTaken = TAKEN.has(input.status);
  const entry = isTaken ? "confirmed-directly" : "direct-confirmation-failed";
  const outputs = [
    log(entry, undefined, transaction.sale.IDTRX, { status: input.status ?? null }),
    logConfirmation(transaction, CC),
    sendDebitResult(transaction, CC, CONF, isTaken ? "direct" : "sealed"),
  ];
  return ending(transaction, outputs, MODE);
}

/** The thread ends, or has the transaction reversed first. */
function ending(
  transaction: IssuedTransaction,
  outputs: readonly PaymentOutput[],
  reversal: CancelMode | undefined,
): PhaseStep {
  if (reversal !== undefined) return reverse(transaction, reversal, outputs);
  return over([...outputs, ...releaseHeld(transaction), { kind: "end" }]);
}
