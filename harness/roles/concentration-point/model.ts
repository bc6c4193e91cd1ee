import { unreachable } from "../../core/errors.ts";
import {
  BATCH_BODY_LIMIT,
  BATCHES_PATH,
  DELIVERIES_PATH,
  messageIn,
  pathOf,
  RECEIPTS_PATH,
  senderOf,
} from "../../link/batch-http.ts";
import type { HttpRequest } from "../../link/exchange.ts";
import type { Role } from "../role.ts";
import { type ConcentrationPointStep, refuse } from "./answers.ts";
import type {
  ConcentrationPointConfig,
  ConcentrationPointInput,
  ConcentrationPointOutput,
  ConcentrationPointPhase,
  ConcentrationPointState,
} from "./effects.ts";
import { beginForwarding, onClearingAnswered, onNext, onReceiptsFound } from "./forward.ts";
import { onBatch, onDeliveries, onReceipts, onStored, onWaiting } from "./receive.ts";

export type ConcentrationPointRole = Role<ConcentrationPointState, ConcentrationPointInput, ConcentrationPointOutput>;

/** The concentration point (FIG 1, 68): one request of a sender, or one round of forwarding to clearing (`clearing.md` 4). */
export const concentrationPoint: ConcentrationPointRole = {
  handle({ config, phase }, input) {
    const { state, outputs } = handlePhase(config, phase, input);
    return { state: { config, phase: state }, outputs };
  },
};

/** A request, or a round of forwarding, that has just begun. */
export function atBegin(config: ConcentrationPointConfig): ConcentrationPointState {
  return { config, phase: { at: "begin" } };
}

function handlePhase(
  config: ConcentrationPointConfig,
  phase: ConcentrationPointPhase,
  input: ConcentrationPointInput,
): ConcentrationPointStep {
  switch (input.kind) {
    case "request":
      return phase.at === "begin" ? route(config, input.request) : ignored(phase);
    case "stored":
      return phase.at === "storing" ? onStored(phase.batch, input) : ignored(phase);
    case "waiting":
      return phase.at === "delivering" ? onWaiting(input) : ignored(phase);
    case "forward":
      return phase.at === "begin" ? beginForwarding() : ignored(phase);
    case "receipts":
      return phase.at === "receipts" ? onReceiptsFound(input) : ignored(phase);
    case "next":
      return phase.at === "next" ? onNext(config, input) : ignored(phase);
    case "clearing-answered":
      return onClearingAnswered(phase, input.response) ?? ignored(phase);
    default:
      return unreachable(input);
  }
}

function ignored(phase: ConcentrationPointPhase): ConcentrationPointStep {
  return { state: phase, outputs: [] };
}

function route(config: ConcentrationPointConfig, request: HttpRequest): ConcentrationPointStep {
  if (request.body.length > BATCH_BODY_LIMIT) return refuse(413);
  const path = pathOf(request);
  if (path === DELIVERIES_PATH) {
    return request.method === "GET" ? onDeliveries(config, senderOf(request)) : refuse(405);
  }
  if (path !== BATCHES_PATH && path !== RECEIPTS_PATH) return refuse(404);
  if (request.method !== "POST") return refuse(405);
  const message = messageIn(request.body);
  if (message === undefined) return refuse(400);
  return path === BATCHES_PATH ? onBatch(config, message) : onReceipts(message);
}
