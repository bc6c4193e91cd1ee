import { unreachable } from "../../core/errors.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { Role } from "../role.ts";
import { begin, onCleanedUp, onSelected, select } from "./begin.ts";
import { onCancelled } from "./cancel.ts";
import { onAcknowledged, onCollected, onUpdated } from "./clearing.ts";
import { onCompleted, onWithdrawn } from "./complete.ts";
import { onAtrTaken, onCardAccepted, onDebitIssued } from "./draw.ts";
import { hasRightCertificates, onCardTaken, onCertificateRead, onIssuerTaken, onSessionKeyRead } from "./public-key.ts";
import { onTotals, readStore } from "./read.ts";
import { onPsamSilent } from "./silence.ts";
import type { Job, TerminalInput, TerminalOutput, TerminalState, TerminalStep } from "./state.ts";
import { andThen, nothing, outOfStep, refuse } from "./steps.ts";

export type TerminalRole = Role<TerminalState, TerminalInput, TerminalOutput>;

/**
 * The serial payment terminal: works off one message at a time with the PSAM, to which it plays the purse card, and keeps
 * the data store (`messages.md` 5, `psam-edge.md`). Collection and updates pass through it (`clearing.md` 2).
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

/** What was under way is gone; a debit that was issued waits suspended. */
function onPower(state: TerminalState, DTHR: string): TerminalStep {
  return andThen(outOfStep({ ...state, job: undefined }), (afresh) => select(afresh, undefined, DTHR));
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
    case "t-collect":
    case "t-acknowledge":
    case "t-update":
      break;
    default:
      return refuse(state, idOf(message), "A00A");
  }
  if (message.IDTERM !== state.identity.IDTERM) return refuse(state, idOf(message), "A009");
  if (message.kind === "t-read-store") return readStore(state, message);
  if (message.kind === "t-draw") {
    if (!hasRightCertificates(message)) return refuse(state, message.IDTRX, "A001");
    if (state.memory.open !== undefined) return refuse(state, message.IDTRX, "6985");
  }
  return begin(state, message, DTHR);
}

function idOf(message: Message): string | undefined {
  return "IDTRX" in message ? message.IDTRX : undefined;
}

function onPsamResponse(state: TerminalState, job: Job, bytes: Uint8Array): TerminalStep {
  switch (job.kind) {
    case "select":
      return onSelected(state, job, bytes);
    case "clean-up":
      return onCleanedUp(state, job, bytes);
    case "package-atr":
      return onAtrTaken(state, job.draw, job.DTHR, bytes);
    case "package-initialize":
      return onCardAccepted(state, job.draw, job.DTHR, bytes);
    case "package-issuer":
      return onIssuerTaken(state, job.draw, job.DTHR, bytes);
    case "package-card":
      return onCardTaken(state, job.draw, job.DTHR, bytes);
    case "package-debit":
      return onDebitIssued(state, job.draw, job.DTHR, bytes);
    case "read-certificate":
      return onCertificateRead(state, job.draw, job.debit, bytes);
    case "read-session-key":
      return onSessionKeyRead(state, job.draw, job, bytes);
    case "complete":
      return onCompleted(state, job.response, bytes);
    case "withdraw-refused":
      return onWithdrawn(state, job.response, bytes);
    case "cancel":
      return onCancelled(state, job.cancel, bytes);
    case "read-totals":
      return onTotals(state, bytes);
    case "collect":
      return onCollected(state, job.collect, bytes);
    case "acknowledge":
      return onAcknowledged(state, job.acknowledge, bytes);
    case "update":
      return onUpdated(state, job.update, bytes);
    case "relay":
      return nothing({ ...state, job: undefined });
    default:
      return unreachable(job);
  }
}
