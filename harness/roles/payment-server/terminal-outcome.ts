import type { TResult } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { parseMessageResult } from "../../protocol/messages/message-result.ts";
import type { IssuedTransaction } from "./phase.ts";

/** What a terminal's answer to T-response says about the transaction. */
export type TerminalOutcome =
  | { readonly kind: "confirmed" }
  /** The card was not debited, and said so. */
  | { readonly kind: "failed"; readonly CC: string }
  | { readonly kind: "wrong-signature" }
  /** Nobody can tell yet. */
  | { readonly kind: "unsure"; readonly CC: string };

/** Judges the terminal's answer (`messages.md`, sections 3 and 5; `psam-edge.md` 4.4). */
export function terminalOutcome(transaction: IssuedTransaction, bytes: Uint8Array): TerminalOutcome {
  const answer = parseMessage(bytes);
  switch (answer.kind) {
    case "t-result":
      return isAbout(transaction, answer) ? outcomeOfResult(transaction, answer) : { kind: "unsure", CC: "A00A" };
    case "t-refusal":
      return outcomeOfCode(answer.CC);
    case "unrecognised":
      return { kind: "unsure", CC: "A001" };
    default:
      return { kind: "unsure", CC: "A00A" };
  }
}

/** The code in the terminal's answer, for the log; A001 when it has none. */
export function codeOfAnswer(bytes: Uint8Array): string {
  const answer = parseMessage(bytes);
  return answer.kind === "t-result" || answer.kind === "t-refusal" || answer.kind === "t-done" ? answer.CC : "A001";
}

function isAbout({ sale, IDTERM }: IssuedTransaction, answer: TResult): boolean {
  return answer.IDTRX === sale.IDTRX && answer.IDTERM === IDTERM;
}

function outcomeOfResult(transaction: IssuedTransaction, answer: TResult): TerminalOutcome {
  if (answer.CC !== "0000") return outcomeOfCode(answer.CC);
  return isItsMessageResult(transaction, answer.MSGRESULT) ? { kind: "confirmed" } : { kind: "unsure", CC: "A001" };
}

/** The message result names this sale, this card and this debit command, element by element. */
function isItsMessageResult({ sale, NTPSAM }: IssuedTransaction, MSGRESULT: Uint8Array | undefined): boolean {
  const parsed = parseMessageResult(MSGRESULT ?? new Uint8Array(0));
  if (!parsed.ok || parsed.value.CC !== "0000" || parsed.value.NTPSAM !== NTPSAM) return false;
  const names = ["IDTRX", "PPIEP", "IDIEP", "NTIEP", "MPDA", "CURRPDA", "CEXPPDA"] as const;
  return names.every((name) => parsed.value[name] === sale[name]);
}

function outcomeOfCode(CC: string): TerminalOutcome {
  switch (CC) {
    // Confirmed before, e.g. when the first T-result was lost: the total was raised once, and the merchant must agree with it.
    case "9416":
      return { kind: "confirmed" };
    case "9404":
      return { kind: "failed", CC };
    case "9302":
      return { kind: "wrong-signature" };
    default:
      return { kind: "unsure", CC: CC === "0000" ? "A00A" : CC };
  }
}
