import { unreachable } from "../../core/errors.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodeSelectCommand, PSAM_AID, parseSelectPsamResponse } from "../../protocol/messages/select-purse.ts";
import type { Role } from "../role.ts";
import { onCancelled, startCancel } from "./cancel.ts";
import { onCompleted, onWithdrawn, startComplete } from "./complete.ts";
import { onAtrTaken, onCardAccepted, onDebitIssued, startDraw } from "./draw.ts";
import { onTotals, readStore, startReadTotals } from "./read.ts";
import type { Job, PsamMessage, TerminalInput, TerminalOutput, TerminalState, TerminalStep } from "./state.ts";
import { ask, codeOf, decline, NO_ANSWER, outOfStep, refuse, UNUSABLE_ANSWER } from "./steps.ts";

export type TerminalRole = Role<TerminalState, TerminalInput, TerminalOutput>;

/**
 * The serial payment terminal: works off one message at a time with the PSAM, to which it plays the purse card, and keeps
 * the data store (`messages.md` 5, `psam-edge.md`).
 */
export const terminal: TerminalRole = {
  handle(state, input) {
    switch (input.kind) {
      case "power":
        return onPower(state, input.DTHR);
      case "message":
        return onMessage(state, input.bytes, input.DTHR);
      case "psam-response":
        return state.job === undefined ? nothing(state) : onPsamResponse(state, state.job, input.bytes);
      case "psam-silent":
        return state.job === undefined ? nothing(state) : onPsamSilent(state, state.job);
      default:
        return unreachable(input);
    }
  },
};

function nothing(state: TerminalState): TerminalStep {
  return { state, outputs: [] };
}

/** What was under way is gone; a debit that was issued waits suspended. */
function onPower(state: TerminalState, DTHR: string): TerminalStep {
  const afresh = outOfStep({ ...state, job: undefined });
  const select = ask(afresh.state, { kind: "select", next: undefined, DTHR }, encodeSelectCommand(PSAM_AID));
  return { state: select.state, outputs: [...afresh.outputs, ...select.outputs] };
}

function onMessage(state: TerminalState, bytes: Uint8Array, DTHR: string): TerminalStep {
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "unrecognised":
      return refuse(state, undefined, "A001");
    case "t-draw":
    case "t-response":
    case "t-cancel":
    case "t-read-totals":
    case "t-read-store":
      break;
    default:
      return refuse(state, idOf(message), "A00A");
  }
  if (message.IDTERM !== state.identity.IDTERM) return refuse(state, idOf(message), "A009");
  if (message.kind === "t-read-store") return readStore(state, message);
  if (message.kind === "t-draw" && state.memory.open !== undefined) return refuse(state, message.IDTRX, "6985");
  return state.isPsamSelected ? begin(state, message, DTHR) : select(state, message, DTHR);
}

function idOf(message: Message): string | undefined {
  return "IDTRX" in message ? message.IDTRX : undefined;
}

function select(state: TerminalState, next: PsamMessage, DTHR: string): TerminalStep {
  return ask(state, { kind: "select", next, DTHR }, encodeSelectCommand(PSAM_AID));
}

function begin(state: TerminalState, message: PsamMessage, DTHR: string): TerminalStep {
  switch (message.kind) {
    case "t-draw":
      return startDraw(state, message, DTHR);
    case "t-response":
      return startComplete(state, message);
    case "t-cancel":
      return startCancel(state, message);
    case "t-read-totals":
      return startReadTotals(state);
    default:
      return unreachable(message);
  }
}

function onPsamResponse(state: TerminalState, job: Job, bytes: Uint8Array): TerminalStep {
  switch (job.kind) {
    case "select":
      return onSelected(state, job, bytes);
    case "clean-up":
      return proceed({ ...state, toWithdraw: undefined }, job);
    case "package-atr":
      return onAtrTaken(state, job.draw, job.DTHR, bytes);
    case "package-initialize":
      return onCardAccepted(state, job.draw, job.DTHR, bytes);
    case "package-debit":
      return onDebitIssued(state, job.draw, job.DTHR, bytes);
    case "complete":
      return onCompleted(state, job.response, bytes);
    case "withdraw-refused":
      return onWithdrawn(state, job.response, bytes);
    case "cancel":
      return onCancelled(state, job.cancel, bytes);
    case "read-totals":
      return onTotals(state, bytes);
    default:
      return unreachable(job);
  }
}

function onSelected(state: TerminalState, job: Extract<Job, { kind: "select" }>, bytes: Uint8Array): TerminalStep {
  const { next, DTHR } = job;
  const result = parseSelectPsamResponse(bytes);
  if (result.kind !== "answer") {
    const CC = result.kind === "refused" ? codeOf(result.SW) : UNUSABLE_ANSWER;
    return next === undefined ? nothing({ ...state, job: undefined }) : decline(state, next, CC);
  }
  const selected: TerminalState = { ...state, isPsamSelected: true };
  if (state.toWithdraw === undefined) return proceed(selected, job);
  const command = encodePsamCancelCommand(state.toWithdraw, "withdraw");
  return ask(selected, { kind: "clean-up", next, DTHR }, command);
}

function proceed(state: TerminalState, { next, DTHR }: Extract<Job, { kind: "select" | "clean-up" }>): TerminalStep {
  const free: TerminalState = { ...state, job: undefined };
  return next === undefined ? nothing(free) : begin(free, next, DTHR);
}

/** Silence leaves open what the PSAM did; a DEBITDATA that never left is withdrawn when the PSAM speaks again. */
function onPsamSilent(state: TerminalState, job: Job): TerminalStep {
  const afresh = outOfStep(job.kind === "package-debit" ? { ...state, toWithdraw: job.draw.IDTRX } : state);
  const message = messageOf(job);
  const IDTRX = message !== undefined && "IDTRX" in message ? message.IDTRX : undefined;
  const log = { kind: "log", entry: "psam-silent", IDTRX, fields: { during: job.kind } } as const;
  const before = [...afresh.outputs, log];
  if (message === undefined && job.kind !== "read-totals") {
    return { state: { ...afresh.state, job: undefined }, outputs: before };
  }
  return message === undefined
    ? refuse(afresh.state, undefined, NO_ANSWER, before)
    : decline(afresh.state, message, NO_ANSWER, before);
}

function messageOf(job: Job): PsamMessage | undefined {
  switch (job.kind) {
    case "select":
    case "clean-up":
      return job.next;
    case "package-atr":
    case "package-initialize":
    case "package-debit":
      return job.draw;
    case "complete":
    case "withdraw-refused":
      return job.response;
    case "cancel":
      return job.cancel;
    case "read-totals":
      return undefined;
    default:
      return unreachable(job);
  }
}
