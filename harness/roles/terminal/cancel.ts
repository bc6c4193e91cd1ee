import type { TCancel } from "../../protocol/messages/layouts.ts";
import {
  type CancelMode,
  encodePsamCancelCommand,
  parsePsamCancelResponse,
} from "../../protocol/messages/psam-cancel.ts";
import { withOpenSuspended, withoutTransaction } from "./memory.ts";
import type { TerminalMemory, TerminalState, TerminalStep } from "./state.ts";
import { answer, ask, codeOf, remember, UNUSABLE_ANSWER } from "./steps.ts";

/** T-cancel (`messages.md` 5): the PSAM withdraws or suspends, and the terminal is free. */

export function startCancel(state: TerminalState, cancel: TCancel): TerminalStep {
  return ask(state, { kind: "cancel", cancel }, encodePsamCancelCommand(cancel.IDTRX, modeOf(cancel)));
}

export function onCancelled(state: TerminalState, cancel: TCancel, bytes: Uint8Array): TerminalStep {
  const { IDTERM } = state.identity;
  const { IDTRX } = cancel;
  const result = parsePsamCancelResponse(bytes);
  const isDone = result.kind === "answer";
  const kept = remember(state, isDone ? afterCancel(state.memory, cancel) : afterRefusal(state.memory, cancel));
  const CC = isDone ? "0000" : result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
  return answer(kept.state, { kind: "t-done", IDTERM, IDTRX, CC }, kept.outputs);
}

function modeOf({ MODE }: TCancel): CancelMode {
  return MODE === 0 ? "withdraw" : "suspend";
}

function afterCancel(memory: TerminalMemory, cancel: TCancel): TerminalMemory {
  return modeOf(cancel) === "withdraw" ? withoutTransaction(memory, cancel.IDTRX) : withOpenSuspended(memory);
}

/** The PSAM does not have it open, so neither has the terminal; an answer that still comes finds the facts. */
function afterRefusal(memory: TerminalMemory, { IDTRX }: TCancel): TerminalMemory {
  return memory.open?.IDTRX === IDTRX ? withOpenSuspended(memory) : memory;
}
