import { unreachable } from "../../core/errors.ts";
import { batchNumber } from "../../protocol/messages/batch-number.ts";
import { encodeSelectCommand, PSAM_AID, parseSelectPsamResponse } from "../../protocol/messages/select-purse.ts";
import { startCancel } from "./cancel.ts";
import { startAcknowledge, startCollect, startUpdate } from "./clearing.ts";
import { startComplete } from "./complete.ts";
import { settle, settlingCommand } from "./doubt.ts";
import { startDraw } from "./draw.ts";
import { startReadTotals } from "./read.ts";
import type { Job, PsamMessage, TerminalState, TerminalStep } from "./state.ts";
import { andThen, ask, codeOf, decline, nothing, outOfStep, UNUSABLE_ANSWER } from "./steps.ts";

/** A message that needs the PSAM begins: the PSAM is selected first where it is not, and a doubt is settled. */

type Preparation = Extract<Job, { kind: "select" | "clean-up" }>;

export function begin(state: TerminalState, message: PsamMessage, DTHR: string): TerminalStep {
  return state.isPsamSelected ? start(state, message, DTHR) : select(state, message, DTHR);
}

/** `next`: worked off afterwards. */
export function select(state: TerminalState, next: PsamMessage | undefined, DTHR: string): TerminalStep {
  return ask(state, { kind: "select", next, DTHR }, encodeSelectCommand(PSAM_AID));
}

export function onSelected(state: TerminalState, job: Preparation, bytes: Uint8Array): TerminalStep {
  const { next } = job;
  const result = parseSelectPsamResponse(bytes);
  if (result.kind !== "answer") {
    const CC = result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
    return abandon(state, next, CC);
  }
  const selected: TerminalState = { ...state, isPsamSelected: true, BATCHNO: batchNumber(result.value) };
  return cleanUp(selected, job);
}

/** Settles what is in doubt, one command after the other. */
function cleanUp(state: TerminalState, job: Preparation): TerminalStep {
  const { next, DTHR } = job;
  const { doubt } = state.memory;
  if (doubt === undefined) return proceed(state, job);
  return ask(state, { kind: "clean-up", next, DTHR }, settlingCommand(doubt));
}

export function onCleanedUp(state: TerminalState, job: Preparation, bytes: Uint8Array): TerminalStep {
  const { doubt } = state.memory;
  const settled = doubt === undefined ? nothing(state) : settle(state, doubt, bytes);
  if (settled === undefined) return andThen(outOfStep(state), (after) => abandon(after, job.next, UNUSABLE_ANSWER));
  return andThen(settled, (after) => cleanUp(after, job));
}

function abandon(state: TerminalState, next: PsamMessage | undefined, CC: string): TerminalStep {
  return next === undefined ? nothing({ ...state, job: undefined }) : decline(state, next, CC);
}

function proceed(state: TerminalState, { next, DTHR }: Preparation): TerminalStep {
  const free: TerminalState = { ...state, job: undefined };
  return next === undefined ? nothing(free) : start(free, next, DTHR);
}

function start(state: TerminalState, message: PsamMessage, DTHR: string): TerminalStep {
  switch (message.kind) {
    case "t-draw":
      return startDraw(state, message, DTHR);
    case "t-response":
      return startComplete(state, message);
    case "t-cancel":
      return startCancel(state, message);
    case "t-read-totals":
      return startReadTotals(state);
    case "t-collect":
      return startCollect(state, message);
    case "t-acknowledge":
      return startAcknowledge(state, message);
    case "t-update":
      return startUpdate(state, message);
    default:
      return unreachable(message);
  }
}
