import { cancelAtTerminal, cancelOf, isAnsweredBy } from "./cancel.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, over } from "./outputs.ts";
import type { CancelMode, IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { reversalLine } from "./reversal-line.ts";

/**
 * Reversal within the terminal (`messages.md` 3a). The row says what has become of the transaction, and that the terminal
 * has to hear of it, before this begins; whoever waits for a result has got it.
 */
export function reverse(transaction: IssuedTransaction, MODE: CancelMode, before: readonly PaymentOutput[]): PhaseStep {
  const { sale, IDTERM, holdsTerminal } = transaction;
  if (holdsTerminal) {
    const ask = cancelAtTerminal(cancelOf(sale, IDTERM, MODE));
    return { state: { at: "reversal", transaction, MODE }, outputs: [...before, ask] };
  }
  const acquire = { kind: "acquire-terminal", among: [IDTERM] } as const;
  return { state: { at: "reversing-terminal", transaction, MODE }, outputs: [...before, acquire] };
}

/** The terminal serves others in between; when it is not free in time it is told later. */
export function onReversingTerminal(phase: PhaseAt<"reversing-terminal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal") return ignored(phase);
  const { transaction, MODE } = phase;
  const { sale, IDTERM } = transaction;
  const cancel = cancelOf(sale, IDTERM, MODE);
  if (input.IDTERM !== undefined) return reverse({ ...transaction, holdsTerminal: true }, MODE, []);
  const owed = log("reversal-owed", undefined, sale.IDTRX, { IDTERM });
  return over([owed, { kind: "owe-cancel", cancel }, { kind: "end" }]);
}

export function onReversal(phase: PhaseAt<"reversal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal-answer" && input.kind !== "terminal-silent") return ignored(phase);
  const { transaction, MODE } = phase;
  const { sale, IDTERM } = transaction;
  const cancel = cancelOf(sale, IDTERM, MODE);
  const answer = input.kind === "terminal-answer" ? input.bytes : undefined;
  return over([
    { kind: "log", ...reversalLine(sale.IDTRX, IDTERM, answer) },
    ...(isAnsweredBy(cancel, answer) ? [{ kind: "cancel-answered", cancel } as const] : []),
    { kind: "release-terminal", IDTERM },
    { kind: "end" },
  ]);
}
