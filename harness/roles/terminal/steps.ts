import { unreachable } from "../../core/errors.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { withOpenSuspended } from "./memory.ts";
import type { Job, PsamMessage, TerminalMemory, TerminalOutput, TerminalState, TerminalStep } from "./state.ts";

/** CC of the terminal where the PSAM gave no usable answer. */
export const NO_ANSWER = "A010";
export const UNUSABLE_ANSWER = "6F00";

/** IDTRX of a T-done that is about none. */
export const NO_TRANSACTION = "00".repeat(16);

/** Status word: not now. */
export const CONDITIONS_NOT_SATISFIED = 0x6985;

/** Four hex digits of a status word. */
export function codeOf(SW: number): string {
  return SW.toString(16).toUpperCase().padStart(4, "0");
}

/** Nothing is done. */
export function nothing(state: TerminalState): TerminalStep {
  return { state, outputs: [] };
}

/** One thing after the other. */
export function andThen(first: TerminalStep, next: (state: TerminalState) => TerminalStep): TerminalStep {
  const second = next(first.state);
  return { state: second.state, outputs: [...first.outputs, ...second.outputs] };
}

/** Sends a command to the PSAM and waits with `job`. */
export function ask(state: TerminalState, job: Job, bytes: Uint8Array): TerminalStep {
  return { state: { ...state, job }, outputs: [{ kind: "psam-apdu", bytes }] };
}

/** Answers the message that was worked off; `before` is done first. */
export function answer(state: TerminalState, message: Message, before: readonly TerminalOutput[] = []): TerminalStep {
  const outputs: TerminalOutput[] = [...before, { kind: "answer", bytes: encodeMessage(message) }];
  return { state: { ...state, job: undefined }, outputs };
}

/** T-refusal, with a log entry. */
export function refuse(
  state: TerminalState,
  IDTRX: string | undefined,
  CC: string,
  before: readonly TerminalOutput[] = [],
): TerminalStep {
  const { IDTERM } = state.identity;
  const log: TerminalOutput = { kind: "log", entry: "message-refused", IDTRX, fields: { CC } };
  return answer(state, { kind: "t-refusal", IDTERM, IDTRX, CC }, [...before, log]);
}

/** A negative answer of the kind that belongs to the message. */
export function decline(
  state: TerminalState,
  message: PsamMessage,
  CC: string,
  before: readonly TerminalOutput[] = [],
): TerminalStep {
  const { IDTERM } = state.identity;
  switch (message.kind) {
    case "t-draw":
      return refuse(state, message.IDTRX, CC, before);
    case "t-response":
      return answer(state, { kind: "t-result", IDTERM, IDTRX: message.IDTRX, CC }, before);
    case "t-cancel":
      return answer(state, { kind: "t-done", IDTERM, IDTRX: message.IDTRX, CC }, before);
    case "t-read-totals":
    case "t-collect":
      return refuse(state, undefined, CC, before);
    case "t-acknowledge":
    case "t-update":
      return answer(state, { kind: "t-done", IDTERM, IDTRX: NO_TRANSACTION, CC }, before);
    default:
      return unreachable(message);
  }
}

/** Remembers `memory` for good. */
export function remember(state: TerminalState, memory: TerminalMemory): TerminalStep {
  return { state: { ...state, memory }, outputs: [{ kind: "save", memory }] };
}

/**
 * Nobody knows what the PSAM is doing: it is selected afresh before the next command, and that suspends a transaction in
 * *debit issued* (`psam-edge.md` 2).
 */
export function outOfStep(state: TerminalState): TerminalStep {
  const unselected: TerminalState = { ...state, isPsamSelected: false };
  if (state.memory.open === undefined) return { state: unselected, outputs: [] };
  return remember(unselected, withOpenSuspended(state.memory));
}

/** A command that works in every state was refused with `6985`: the PSAM was reset and has to be selected (`psam-edge.md` 2). */
export function afterRefusal(state: TerminalState, SW: number): TerminalStep {
  return SW === CONDITIONS_NOT_SATISFIED ? outOfStep(state) : nothing(state);
}
