import { comparisonOf } from "../../core/sale-profile.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { onCardAnswer, onNotice } from "./compare.ts";
import { passOn } from "./complete.ts";
import type { PaymentInput } from "./effects.ts";
import { ignored, log, sendRefusal } from "./outputs.ts";
import type { IssuedTransaction, PhaseAt, PhaseStep } from "./phase.ts";
import { unresolved } from "./unresolved.ts";

/** The wait for the head end after the debit command: debit response, or notice where head end or merchant compares. */

/** More messages that do not belong here than this are no accident. */
const STRAYS = 16;

export function onDebitResponse(phase: PhaseAt<"debit-response">, input: PaymentInput): PhaseStep {
  switch (input.kind) {
    case "message":
      return onHeadEndMessage(phase.transaction, input);
    case "undecipherable":
      return stray(phase.transaction, input.IDTRX, "A00C");
    case "silence":
      return unresolved(phase.transaction, "A010");
    case "lost":
      return unresolved(phase.transaction, "A019");
    default:
      return ignored(phase);
  }
}

function onHeadEndMessage(
  transaction: IssuedTransaction,
  { bytes, nonce }: { readonly bytes: Uint8Array; readonly nonce: Uint8Array },
): PhaseStep {
  const { IDTRX, COMPARE } = transaction.sale;
  const comparison = comparisonOf(COMPARE ?? undefined);
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "debit-response":
      if (comparison !== "psam" && comparison !== "payment-server") return stray(transaction, message.IDTRX, "A00A");
      if (message.IDTRX !== IDTRX) return stray(transaction, message.IDTRX, "A009");
      return comparison === "psam" ? passOn(transaction, message) : onCardAnswer(transaction, message, nonce);
    case "notice":
      if (comparison !== "head-end" && comparison !== "merchant") return stray(transaction, message.IDTRX, "A00A");
      if (message.IDTRX !== IDTRX) return stray(transaction, message.IDTRX, "A009");
      return onNotice(transaction, message, nonce);
    case "draw-request":
      // A repeated draw request gets no second debit command, also where its first one is still at work.
      return stray(transaction, message.IDTRX, message.IDTRX === IDTRX ? "A004" : "A00A");
    case "unrecognised":
      return stray(transaction, undefined, "A001");
    default:
      return stray(transaction, undefined, "A00A");
  }
}

/** Answered and not obeyed; the wait goes on where it was. */
function stray(transaction: IssuedTransaction, IDTRX: string | undefined, CC: string): PhaseStep {
  if (transaction.strays >= STRAYS) return unresolved(transaction, CC);
  return {
    state: { at: "debit-response", transaction: { ...transaction, strays: transaction.strays + 1 } },
    outputs: [
      log("message-refused", undefined, transaction.sale.IDTRX, { CC }),
      sendRefusal(IDTRX, CC),
      { kind: "await-head-end", since: "before" },
    ],
  };
}
