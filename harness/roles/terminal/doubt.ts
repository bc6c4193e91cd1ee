import { fromHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodePsamCompleteCommand } from "../../protocol/messages/psam-complete.ts";
import { factsOf } from "./memory.ts";
import { readCancel, readComplete } from "./psam-answers.ts";
import { completed, reversed } from "./single-trip.ts";
import type { Doubt, Job, TerminalState, TerminalStep } from "./state.ts";
import { ask, codeOf, remember } from "./steps.ts";

/** Commands that change totals are noted before the PSAM hears of them and settled should it not answer (`messages.md` 5). */

const UNKNOWN = 0x9415;

/** Sends a command that the PSAM may work off without being heard. */
export function askInDoubt(state: TerminalState, doubt: Doubt, job: Job, bytes: Uint8Array): TerminalStep {
  const noted = remember(state, { ...state.memory, doubt });
  const asked = ask(noted.state, job, bytes);
  return { state: asked.state, outputs: [...noted.outputs, ...asked.outputs] };
}

/** A DEBITDATA that was made, if it was, is to be withdrawn. Not if the IDTRX was there before: then none was made. */
export function doubtDebit(state: TerminalState, IDTRX: string, named = IDTRX): TerminalStep {
  const { memory } = state;
  const asked = factsOf(memory, IDTRX) === undefined ? ({ kind: "debit", IDTRX } as const) : undefined;
  const doubt = withNamed(memory.doubt ?? asked, factsOf(memory, named) === undefined ? named : IDTRX);
  return doubt === memory.doubt ? { state, outputs: [] } : remember(state, { ...memory, doubt });
}

function withNamed(doubt: Doubt | undefined, named: string): Doubt | undefined {
  return doubt?.kind === "debit" && doubt.IDTRX !== named ? { ...doubt, other: named } : doubt;
}

/** There is no doubt any more. */
export function doubtOver(state: TerminalState): TerminalStep {
  if (state.memory.doubt === undefined) return { state, outputs: [] };
  return remember(state, { ...state.memory, doubt: undefined });
}

/** The command that settles it: all of them may be worked off twice. */
export function settlingCommand(doubt: Doubt): Uint8Array {
  switch (doubt.kind) {
    case "debit":
      return encodePsamCancelCommand(doubt.IDTRX, "withdraw");
    case "reversal":
      return encodePsamCancelCommand(doubt.IDTRX, doubt.MODE === 0 ? "withdraw" : "suspend");
    case "completion":
      return encodePsamCompleteCommand(doubt.IDTRX, fromHex(doubt.CARDRSP));
    default:
      return unreachable(doubt);
  }
}

/** The PSAM's answer to it. Undefined when the bytes are none. */
export function settle(state: TerminalState, doubt: Doubt, bytes: Uint8Array): TerminalStep | undefined {
  if (doubt.kind === "completion") return settleCompletion(state, doubt.IDTRX, bytes);
  const result = readCancel(bytes);
  if (result.kind === "malformed") return undefined;
  // 9415: the first command has done it
  if (doubt.kind === "debit" && doubt.other !== undefined) {
    return remember(state, { ...state.memory, doubt: { kind: "debit", IDTRX: doubt.other } });
  }
  const isReversed = doubt.kind === "reversal" && (result.kind === "answer" || result.SW === UNKNOWN);
  return isReversed ? reversed(state, doubt.IDTRX, doubt.MODE) : doubtOver(state);
}

function settleCompletion(state: TerminalState, IDTRX: string, bytes: Uint8Array): TerminalStep | undefined {
  const result = readComplete(bytes);
  if (result.kind === "malformed") return undefined;
  const facts = factsOf(state.memory, IDTRX);
  if (facts === undefined) return doubtOver(state);
  return completed(state, facts, result.kind === "answer" ? "0000" : codeOf(result.SW));
}
