import { PursebenchError } from "../../core/errors.ts";
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import type { TAcknowledge, TCollect, TUpdate } from "../../protocol/messages/layouts.ts";
import { encodeCollectCommand, encodeEndOfCollectionCommand } from "../../protocol/messages/psam-collect.ts";
import { encodeUpdateCommand } from "../../protocol/messages/psam-update.ts";
import { readCollect, readEndOfCollection, readUpdate } from "./psam-answers.ts";
import type { TerminalState, TerminalStep } from "./state.ts";
import { afterRefusal, answer, ask, codeOf, decline, NO_TRANSACTION, outOfStep, UNUSABLE_ANSWER } from "./steps.ts";

/**
 * T-collect, T-acknowledge and T-update (`clearing.md` 2): handed to the PSAM as they are, also in *draw amount* state.
 * Nothing is noted of them: who asks again hears whether the PSAM has done it (`psam-edge.md` 4.8 to 4.10).
 */

type ClearingMessage = TCollect | TAcknowledge | TUpdate;

export function startCollect(state: TerminalState, collect: TCollect): TerminalStep {
  return ask(state, { kind: "collect", collect }, encodeCollectCommand(collect));
}

export function onCollected(state: TerminalState, collect: TCollect, bytes: Uint8Array): TerminalStep {
  const { IDTERM } = state.identity;
  const { BATCHNO } = state;
  const result = readCollect(bytes);
  if (result.kind !== "answer") return notDone(state, collect, result);
  if (BATCHNO === undefined) throw new PursebenchError("INTERNAL", "a PSAM answered that was never selected");
  const { DIGEST, LINES } = collect;
  return answer(state, { kind: "t-collected", IDTERM, BATCHNO, ...result.value, DIGEST, LINES });
}

export function startAcknowledge(state: TerminalState, acknowledge: TAcknowledge): TerminalStep {
  const { NTCOL, S5 } = acknowledge;
  return ask(state, { kind: "acknowledge", acknowledge }, encodeEndOfCollectionCommand(NTCOL, S5));
}

export function onAcknowledged(state: TerminalState, acknowledge: TAcknowledge, bytes: Uint8Array): TerminalStep {
  return onDone(state, acknowledge, readEndOfCollection(bytes));
}

export function startUpdate(state: TerminalState, update: TUpdate): TerminalStep {
  return ask(state, { kind: "update", update }, encodeUpdateCommand(update.UPDATE));
}

export function onUpdated(state: TerminalState, update: TUpdate, bytes: Uint8Array): TerminalStep {
  return onDone(state, update, readUpdate(bytes));
}

function onDone(state: TerminalState, message: ClearingMessage, result: CommandResult<null>): TerminalStep {
  if (result.kind !== "answer") return notDone(state, message, result);
  const { IDTERM } = state.identity;
  return answer(state, { kind: "t-done", IDTERM, IDTRX: NO_TRANSACTION, CC: "0000" });
}

function notDone(
  state: TerminalState,
  message: ClearingMessage,
  result: Exclude<CommandResult<unknown>, { kind: "answer" }>,
): TerminalStep {
  const kept = result.kind === "refused" ? afterRefusal(state, result.SW) : outOfStep(state);
  const CC = result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
  return decline(kept.state, message, CC, kept.outputs);
}
