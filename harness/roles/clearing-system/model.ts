import { unreachable } from "../../core/errors.ts";
import {
  BATCH_BODY_LIMIT,
  BATCHES_PATH,
  messageIn,
  pathOf,
  RECEIPTS_PATH,
  senderOf,
  UPDATES_PATH,
} from "../../link/batch-http.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import type { Role } from "../role.ts";
import { type ClearingStep, refuse } from "./answers.ts";
import type { ClearingConfig, ClearingInput, ClearingOutput, ClearingPhase, ClearingState } from "./effects.ts";
import { onBatch, onDue, onHistory, onReceipts, onUpdates } from "./receive.ts";
import { beginSettlement, onBooked, onSettlement } from "./settle.ts";
import { onIssue, onNumbers } from "./updates.ts";

export type ClearingRole = Role<ClearingState, ClearingInput, ClearingOutput>;

/** The clearing and administration system (FIG 1, 60): one request, one settlement or one order of an update. */
export const clearingSystem: ClearingRole = {
  handle({ config, phase }, input) {
    const { state, outputs } = handlePhase(config, phase, input);
    return { state: { config, phase: state }, outputs };
  },
};

/** Work that has just begun. */
export function atBegin(config: ClearingConfig): ClearingState {
  return { config, phase: { at: "begin" } };
}

function handlePhase(config: ClearingConfig, phase: ClearingPhase, input: ClearingInput): ClearingStep {
  switch (input.kind) {
    case "request":
      return phase.at === "begin" ? route(config, input.request) : ignored(phase);
    case "history":
      return phase.at === "judging" ? onHistory(config, phase, input) : ignored(phase);
    case "due":
      return phase.at === "listing" ? onDue(input) : ignored(phase);
    case "settle":
      return phase.at === "begin" ? beginSettlement() : ignored(phase);
    case "settlement":
      return phase.at === "settling" ? onSettlement(input) : ignored(phase);
    case "booked":
      return phase.at === "booking" ? onBooked(phase.report, input) : ignored(phase);
    case "issue":
      return phase.at === "begin" ? onIssue(input) : ignored(phase);
    case "numbers":
      return phase.at === "numbering" ? onNumbers(config, phase, input) : ignored(phase);
    default:
      return unreachable(input);
  }
}

function ignored(phase: ClearingPhase): ClearingStep {
  return { state: phase, outputs: [] };
}

function route(config: ClearingConfig, request: HttpRequest): ClearingStep {
  if (request.body.length > BATCH_BODY_LIMIT) return refuse(413);
  const path = pathOf(request);
  if (path === UPDATES_PATH) return request.method === "GET" ? onUpdates(config, senderOf(request)) : refuse(405);
  if (path !== BATCHES_PATH && path !== RECEIPTS_PATH) return refuse(404);
  if (request.method !== "POST") return refuse(405);
  const message = messageIn(request.body);
  if (message === undefined) return refuse(400);
  return path === BATCHES_PATH ? onBatch(config, message) : onReceipts(message);
}
