import type { Role } from "../role.ts";
import { collect, onCollected, onDoubted, onLastFound } from "./collect-ask.ts";
import {
  fetchDeliveries,
  handOut,
  onAcknowledged,
  onFetched,
  onFound,
  onPsam,
  onReceiptsGiven,
  onUpdated,
} from "./collect-deliveries.ts";
import type { CollectConfig, CollectInput, CollectOutput, CollectPhase, CollectState } from "./collect-effects.ts";
import { onSent } from "./collect-send.ts";
import type { CollectStep } from "./collect-steps.ts";
import {
  beginCollection,
  onCandidates,
  onIdentified,
  onPending,
  onStorePage,
  onTold,
  onUntold,
} from "./collect-terminal.ts";

export type CollectRole = Role<CollectState, CollectInput, CollectOutput>;

/** Collection at the payment server (`clearing.md` 3): from one terminal, or the handing out of what clearing has to say. */
export const collectRole: CollectRole = {
  handle({ config, phase }, input) {
    const { state, outputs } = handlePhase(config, phase, input);
    return { state: { config, phase: state }, outputs };
  },
};

export function newCollection(config: CollectConfig): CollectState {
  return { config, phase: { at: "begin" } };
}

function handlePhase(config: CollectConfig, phase: CollectPhase, input: CollectInput): CollectStep {
  if (phase.at === "begin") return begin(config, phase, input);
  switch (input.kind) {
    case "terminal":
      return onTerminal(config, phase, input);
    case "posted":
      return onPosted(phase, input);
    case "pending":
      return phase.at === "pending" ? onPending(config, phase, input) : ignored(phase);
    case "untold":
      return phase.at === "untold" ? onUntold(phase, input) : ignored(phase);
    case "candidates":
      return phase.at === "choosing" ? onCandidates(phase, input) : ignored(phase);
    case "asked":
      return phase.at === "asking" ? collect(input.batch) : ignored(phase);
    case "found":
      return onBatchFound(config, phase, input);
    case "psam":
      return phase.at === "finding-psam" ? onPsam(phase, input) : ignored(phase);
    default:
      return ignored(phase);
  }
}

function begin(config: CollectConfig, phase: CollectPhase, input: CollectInput): CollectStep {
  if (input.kind === "collect") return beginCollection(input.IDTERM);
  if (input.kind === "fetch") return fetchDeliveries(config);
  return input.kind === "hand-out" ? handOut(input.messages) : ignored(phase);
}

function onTerminal(
  config: CollectConfig,
  phase: CollectPhase,
  input: Extract<CollectInput, { kind: "terminal" }>,
): CollectStep {
  switch (phase.at) {
    case "identifying":
      return onIdentified(phase, input);
    case "telling":
      return onTold(phase, input);
    case "reading":
      return onStorePage(phase, input);
    case "collecting":
      return onCollected(config, phase, input);
    case "acknowledging":
      return onAcknowledged(phase, input);
    case "updating":
      return onUpdated(phase, input);
    default:
      return ignored(phase);
  }
}

function onBatchFound(
  config: CollectConfig,
  phase: CollectPhase,
  input: Extract<CollectInput, { kind: "found" }>,
): CollectStep {
  switch (phase.at) {
    case "finding-batch":
      return onFound(phase, input);
    case "reopening":
      return onLastFound(input);
    case "doubting":
      return onDoubted(config, phase, input);
    default:
      return ignored(phase);
  }
}

function onPosted(phase: CollectPhase, input: Extract<CollectInput, { kind: "posted" }>): CollectStep {
  switch (phase.at) {
    case "sending":
      return onSent(phase, input);
    case "fetching":
      return onFetched(input);
    case "receipts":
      return onReceiptsGiven();
    default:
      return ignored(phase);
  }
}

function ignored(phase: CollectPhase): CollectStep {
  return { state: phase, outputs: [] };
}
