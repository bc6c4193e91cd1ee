import { toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { isSingleTrip } from "./cancel.ts";
import { conclude } from "./conclude.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, logDebitResponse, releaseHeld, sendRefusal, update } from "./outputs.ts";
import type { CardAnswer, IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { codeOfAnswer, terminalOutcome } from "./terminal-outcome.ts";
import { unresolved } from "./unresolved.ts";

/** The card's answer at the security card that issued the command, and what follows from the result (624 to 634). */

/** From the head end to the terminal (624). */
export function passOn(transaction: IssuedTransaction, response: DebitResponse): PhaseStep {
  const { state, outputs } = askTerminal(transaction, response);
  return { state, outputs: [logDebitResponse(response), responseReceived(transaction, response), ...outputs] };
}

export function responseReceived({ sale }: IssuedTransaction, { CARDRSP }: CardAnswer): PaymentOutput {
  return update(sale, { status: "response-received", debitResponse: toHex(CARDRSP) });
}

/** The terminal is reserved for the transaction. */
export function askTerminal(transaction: IssuedTransaction, { CARDRSP, SW }: CardAnswer): PhaseStep {
  const { IDTERM, sale } = transaction;
  const bytes = encodeMessage({ kind: "t-response", IDTERM, IDTRX: sale.IDTRX, CARDRSP, SW });
  return { state: { at: "terminal-result", transaction }, outputs: [{ kind: "ask-terminal", IDTERM, bytes }] };
}

export function onTerminalResult(phase: PhaseAt<"terminal-result">, input: PaymentInput): PhaseStep {
  const { transaction } = phase;
  if (input.kind === "terminal-silent") return unresolved(transaction, "A008");
  if (input.kind !== "terminal-answer") return ignored(phase);
  const { IDTERM, sale } = transaction;
  const outcome = terminalOutcome(transaction, input.bytes);
  const fields = { IDMER: sale.IDMER, IDTERM, CC: codeOfAnswer(input.bytes) };
  const answered = [log("terminal-response", "632", sale.IDTRX, fields)];
  const terminalResponse = toHex(input.bytes);
  switch (outcome.kind) {
    case "confirmed":
      return conclude(transaction, { status: "confirmed", CC: "0000", terminalResponse }, input.nonce, answered);
    case "failed": {
      const { CC } = outcome;
      const reversed = log("transaction-reversed", undefined, sale.IDTRX, { IDTERM, CC });
      const isReversed = isSingleTrip(sale) && !transaction.isRecovered;
      const before = isReversed ? [...answered, reversed] : answered;
      return conclude(transaction, { status: "failed", CC, terminalResponse }, input.nonce, before);
    }
    case "wrong-signature":
      return mayAskAgain(transaction)
        ? askAgain(transaction, answered, { terminalResponse })
        : unresolved(transaction, "9302", answered, { terminalResponse });
    case "unsure":
      return unresolved(transaction, outcome.CC, answered, { terminalResponse });
    default:
      return unreachable(outcome);
  }
}

/** Not a second time; not for what was the card's previous signature already; not after a notice, when nobody listens. */
export function mayAskAgain({ wrongAnswers, isRecovered, isAwaited }: IssuedTransaction): boolean {
  return wrongAnswers === 0 && !isRecovered && isAwaited;
}

/** Once: the head end asks for the card's previous signature. A terminal that waits for the card stays reserved. */
export function askAgain(
  transaction: IssuedTransaction,
  before: readonly PaymentOutput[],
  change: { readonly debitResponse?: string; readonly terminalResponse?: string },
): PhaseStep {
  const { sale, wrongAnswers } = transaction;
  const isDone = isSingleTrip(sale);
  const holdsTerminal = transaction.holdsTerminal && !isDone;
  return {
    state: {
      at: "debit-response",
      transaction: { ...transaction, holdsTerminal, wrongAnswers: wrongAnswers + 1 },
    },
    outputs: [
      ...before,
      update(sale, { status: "response-received", CC: "9302", ...change }),
      ...(isDone ? releaseHeld(transaction) : []),
      sendRefusal(sale.IDTRX, "9302"),
      { kind: "await-head-end", since: "now" },
    ],
  };
}
