import { toHex } from "../../core/bytes.ts";
import { cancelAtTerminal, cancelOf, isSingleTrip } from "./cancel.ts";
import type { TransactionChange } from "./database/contracts.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, over, releaseHeld, sendRefusal, update } from "./outputs.ts";
import type { CardAnswer, IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { reverse } from "./reversal.ts";
import { codeOfAnswer } from "./terminal-outcome.ts";

/**
 * The card may have been debited and nobody can tell: no confirmation, and the terminal keeps the transaction for the
 * answer that may still come. Where the terminal has counted the sale already, it takes that back (`messages.md` 3a).
 */
export function unresolved(
  transaction: IssuedTransaction,
  CC: string,
  before: readonly PaymentOutput[] = [],
  learnt: Omit<TransactionChange, "status"> = {},
): PhaseStep {
  const { sale, IDTERM, isAwaited } = transaction;
  const outputs = [
    ...before,
    log("transaction-unresolved", undefined, sale.IDTRX, { CC }),
    update(sale, { status: "unresolved", CC, owedMode: 1, ...learnt }),
  ];
  if (isSingleTrip(sale)) {
    const refusal = isAwaited ? [sendRefusal(sale.IDTRX, UNRESOLVED)] : [];
    return reverse(transaction, 1, [...outputs, ...refusal]);
  }
  const ask = cancelAtTerminal(cancelOf(sale, IDTERM, 1));
  return { state: { at: "suspension", transaction }, outputs: [...outputs, ask] };
}

const UNRESOLVED = "A01A";

/** Whatever the terminal says: the database has the truth, and the head end is told if it is still there. */
export function onSuspension(phase: PhaseAt<"suspension">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal-answer" && input.kind !== "terminal-silent") return ignored(phase);
  const { transaction } = phase;
  const { sale, IDTERM } = transaction;
  const isAnswered = input.kind === "terminal-answer";
  const CC = isAnswered ? codeOfAnswer(input.bytes) : "A008";
  const cancel = cancelOf(sale, IDTERM, 1);
  return over([
    log("terminal-suspended", undefined, sale.IDTRX, { IDTERM, CC }),
    ...(isAnswered ? [{ kind: "cancel-answered", cancel } as const] : []),
    sendRefusal(sale.IDTRX, UNRESOLVED),
    ...releaseHeld(transaction),
    { kind: "end" },
  ]);
}

/** What the card has said so far, for the row; nothing where it has said nothing. */
export function saidBy({ CARDRSP }: CardAnswer): { readonly debitResponse?: string } {
  return CARDRSP.length === 0 ? {} : { debitResponse: toHex(CARDRSP) };
}
