import type { DebitCommand } from "../../protocol/messages/layouts.ts";
import { failGarbled } from "./fail.ts";
import type { HeadEndState } from "./state.ts";
import { go, type HeadEndStep } from "./step.ts";

/**
 * The debit command for the set-top box (617): DEBITDATA and what a public key card wants to see. What the card's answer is
 * compared with stays here, whatever the payment server sent along.
 */
export function passOn(state: HeadEndState, command: DebitCommand): HeadEndStep {
  const { IDTRX, DEBITDATA, PSAMCERT, SESSKEY } = command;
  const message = { kind: "debit-command", IDTRX, DEBITDATA, PSAMCERT, SESSKEY } as const;
  return go(state, { phase: "debiting", command }, { kind: "send-cable", message }, { kind: "receive-cable" });
}

/** The debit command of the payment server (616), if it has what is needed to judge the card's answer later. */
export function onCommand(state: HeadEndState, command: DebitCommand): HeadEndStep {
  const flaw = missingIn(command, state.page?.COMPARE);
  if (flaw === undefined) return passOn(state, command);
  return failGarbled({ ...state, command }, "payment-server", flaw, "A001");
}

function missingIn({ EXPECTED, SEXP }: DebitCommand, COMPARE: number | undefined): string | undefined {
  if (COMPARE === 2 && EXPECTED === undefined) return "debit-command without EXPECTED";
  if (COMPARE === 3 && SEXP === undefined) return "debit-command without SEXP";
  return undefined;
}
