import { toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { logConfirmation, sendDebitResult } from "./debit-result.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { ignored, log, logDebitResponse, over, releaseAndEnd, sendRefusal, update } from "./outputs.ts";
import type { IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { codeOfAnswer, terminalOutcome } from "./terminal-outcome.ts";

/** From debit response to debit result (622 to 634), and what becomes of a transaction that nobody can decide. */

/** More messages that do not belong here than this are no accident. */
const STRAYS = 16;

export function onDebitResponse(phase: PhaseAt<"debit-response">, input: PaymentInput): PhaseStep {
  switch (input.kind) {
    case "message":
      return onHeadEndMessage(phase.transaction, input.bytes);
    case "silence":
      return suspend(phase.transaction, "A010");
    case "lost":
      return suspend(phase.transaction, "A019");
    default:
      return ignored(phase);
  }
}

function onHeadEndMessage(transaction: IssuedTransaction, bytes: Uint8Array): PhaseStep {
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "debit-response":
      if (message.IDTRX === transaction.sale.IDTRX) return passOn(transaction, message);
      return stray(transaction, message.IDTRX, "A009");
    case "draw-request":
      // A repeated draw request gets no second debit command, also where its first one is still at work.
      return stray(transaction, message.IDTRX, message.IDTRX === transaction.sale.IDTRX ? "A004" : "A00A");
    case "unrecognised":
      return stray(transaction, undefined, "A001");
    default:
      return stray(transaction, undefined, "A00A");
  }
}

/** The card's answer goes to the security card that issued the command (624). */
export function passOn(transaction: IssuedTransaction, response: DebitResponse): PhaseStep {
  const { sale, IDTERM } = transaction;
  const { IDTRX, CARDRSP, SW } = response;
  return {
    state: { at: "terminal-result", transaction },
    outputs: [
      logDebitResponse(response),
      update(sale, { status: "response-received", debitResponse: toHex(CARDRSP) }),
      { kind: "ask-terminal", IDTERM, bytes: encodeMessage({ kind: "t-response", IDTERM, IDTRX, CARDRSP, SW }) },
    ],
  };
}

/** Answered and not obeyed; the wait for the debit response goes on where it was. */
function stray(transaction: IssuedTransaction, IDTRX: string | undefined, CC: string): PhaseStep {
  if (transaction.strays >= STRAYS) return suspend(transaction, CC);
  return {
    state: { at: "debit-response", transaction: { ...transaction, strays: transaction.strays + 1 } },
    outputs: [
      log("message-refused", undefined, transaction.sale.IDTRX, { CC }),
      sendRefusal(IDTRX, CC),
      { kind: "await-head-end", since: "before" },
    ],
  };
}

export function onTerminalResult(phase: PhaseAt<"terminal-result">, input: PaymentInput): PhaseStep {
  const { transaction } = phase;
  if (input.kind === "terminal-silent") return suspend(transaction, "A008");
  if (input.kind !== "terminal-answer") return ignored(phase);
  const outcome = terminalOutcome(transaction, input.bytes);
  const { IDMER, IDTRX } = transaction.sale;
  const fields = { IDMER, IDTERM: transaction.IDTERM, CC: codeOfAnswer(input.bytes) };
  const answered = log("terminal-response", "632", IDTRX, fields);
  switch (outcome.kind) {
    case "confirmed":
      return conclude(transaction, "confirmed", "0000", input, answered);
    case "failed":
      return conclude(transaction, "failed", outcome.CC, input, answered);
    case "wrong-signature":
      return transaction.wrongAnswers === 0
        ? askAgain(transaction, input.bytes, answered)
        : suspend(transaction, "9302", [answered], input.bytes);
    case "unsure":
      return suspend(transaction, outcome.CC, [answered], input.bytes);
    default:
      return unreachable(outcome);
  }
}

function conclude(
  transaction: IssuedTransaction,
  status: "confirmed" | "failed",
  CC: string,
  { bytes, nonce }: { bytes: Uint8Array; nonce: Uint8Array },
  answered: PaymentOutput,
): PhaseStep {
  const { sale, IDTERM } = transaction;
  return over([
    answered,
    logConfirmation(transaction, CC),
    update(sale, { status, CC, terminalResponse: toHex(bytes) }),
    sendDebitResult(transaction, CC, nonce),
    ...releaseAndEnd(sale.IDTRX, IDTERM),
  ]);
}

/** Once: the head end asks for the card's previous signature. */
function askAgain(transaction: IssuedTransaction, bytes: Uint8Array, answered: PaymentOutput): PhaseStep {
  const { sale, wrongAnswers } = transaction;
  return {
    state: { at: "debit-response", transaction: { ...transaction, wrongAnswers: wrongAnswers + 1 } },
    outputs: [
      answered,
      update(sale, { status: "response-received", CC: "9302", terminalResponse: toHex(bytes) }),
      sendRefusal(sale.IDTRX, "9302"),
      { kind: "await-head-end", since: "now" },
    ],
  };
}

/** The card may have been debited: the terminal keeps the transaction for the answer that may still come. */
function suspend(
  transaction: IssuedTransaction,
  CC: string,
  before: readonly PaymentOutput[] = [],
  answer?: Uint8Array,
): PhaseStep {
  const { sale, IDTERM } = transaction;
  const { IDTRX } = sale;
  const terminalResponse = answer === undefined ? {} : { terminalResponse: toHex(answer) };
  return {
    state: { at: "suspension", transaction },
    outputs: [
      ...before,
      log("transaction-unresolved", undefined, IDTRX, { CC }),
      update(sale, { status: "unresolved", CC, ...terminalResponse }),
      { kind: "ask-terminal", IDTERM, bytes: encodeMessage({ kind: "t-cancel", IDTERM, IDTRX, MODE: 1 }) },
    ],
  };
}

/** Whatever the terminal says: the database has the truth, and the head end is told if it is still there. */
export function onSuspension(phase: PhaseAt<"suspension">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal-answer" && input.kind !== "terminal-silent") return ignored(phase);
  const { sale, IDTERM } = phase.transaction;
  const CC = input.kind === "terminal-answer" ? codeOfAnswer(input.bytes) : "A008";
  return over([
    log("terminal-suspended", undefined, sale.IDTRX, { IDTERM, CC }),
    sendRefusal(sale.IDTRX, "A01A"),
    ...releaseAndEnd(sale.IDTRX, IDTERM),
  ]);
}
