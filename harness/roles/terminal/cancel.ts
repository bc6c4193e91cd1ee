import type { TCancel } from "../../protocol/messages/layouts.ts";
import { type CancelMode, encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { askInDoubt, doubtOver } from "./doubt.ts";
import { issuedOf, withOpenSuspended, withoutTransaction } from "./memory.ts";
import { readCancel } from "./psam-answers.ts";
import { reversed } from "./single-trip.ts";
import type { TerminalMemory, TerminalState, TerminalStep } from "./state.ts";
import { afterRefusal, andThen, answer, ask, codeOf, outOfStep, remember, UNUSABLE_ANSWER } from "./steps.ts";

/** T-cancel (`messages.md` 5): the PSAM withdraws or suspends, and the terminal is free; an issued transaction is reversed. */

export function startCancel(state: TerminalState, cancel: TCancel): TerminalStep {
  const { IDTRX, MODE } = cancel;
  const command = encodePsamCancelCommand(IDTRX, modeOf(cancel));
  const job = { kind: "cancel", cancel } as const;
  if (issuedOf(state.memory, IDTRX) === undefined) return ask(state, job, command);
  return askInDoubt(state, { kind: "reversal", IDTRX, MODE }, job, command);
}

export function onCancelled(state: TerminalState, cancel: TCancel, bytes: Uint8Array): TerminalStep {
  const { IDTERM } = state.identity;
  const { IDTRX } = cancel;
  const result = readCancel(bytes);
  const isIssued = issuedOf(state.memory, IDTRX) !== undefined;
  const CC = result.kind === "answer" ? "0000" : result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
  const kept = isIssued ? afterReversal(state, cancel, result) : afterCancel(state, cancel, result);
  return answer(kept.state, { kind: "t-done", IDTERM, IDTRX, CC }, kept.outputs);
}

function modeOf({ MODE }: TCancel): CancelMode {
  return MODE === 0 ? "withdraw" : "suspend";
}

type CancelResult = ReturnType<typeof readCancel>;

function afterReversal(state: TerminalState, { IDTRX, MODE }: TCancel, result: CancelResult): TerminalStep {
  if (result.kind === "answer") return reversed(state, IDTRX, MODE);
  if (result.kind === "malformed") return outOfStep(state); // the doubt stays
  return andThen(doubtOver(state), (after) => afterRefusal(after, result.SW));
}

function afterCancel(state: TerminalState, cancel: TCancel, result: CancelResult): TerminalStep {
  const { memory } = state;
  if (result.kind === "answer") return remember(state, cancelled(memory, cancel));
  // The PSAM does not have it open, so neither has the terminal; an answer that still comes finds the facts.
  const kept = remember(state, memory.open?.IDTRX === cancel.IDTRX ? withOpenSuspended(memory) : memory);
  return andThen(kept, (after) => (result.kind === "refused" ? afterRefusal(after, result.SW) : outOfStep(after)));
}

function cancelled(memory: TerminalMemory, cancel: TCancel): TerminalMemory {
  return modeOf(cancel) === "withdraw" ? withoutTransaction(memory, cancel.IDTRX) : withOpenSuspended(memory);
}
