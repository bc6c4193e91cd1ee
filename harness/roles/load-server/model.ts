import { unreachable } from "../../core/errors.ts";
import { LAYOUTS } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { Role } from "../role.ts";
import { onLoadResponse, onS3 } from "./await-answer.ts";
import { onChallenge } from "./challenge.ts";
import { type LoadServerChecks, loadServerChecks } from "./checks.ts";
import type { Context } from "./context.ts";
import { type LoadServerCrypto, loadServerCrypto } from "./crypto.ts";
import { onDirect, onDirectSelection } from "./direct-path.ts";
import type { LoadInput, LoadOutput } from "./effects.ts";
import { withLoadLayer } from "./encryption.ts";
import { onAuthorised, onLoadRequest, onRegistration, onS2 } from "./load-request.ts";
import { onNegative, onNegativeS3 } from "./negative.ts";
import { onOutcome } from "./outcome.ts";
import { after, ignored, log, over, refuse } from "./outputs.ts";
import type { LoadState, Phase, PhaseStep } from "./phase.ts";
import { onInquiry, onRecovery, onStored } from "./stored.ts";

export type LoadServerRole = Role<LoadState, LoadInput, LoadOutput>;

/** The load server's thread (FIG 15 and 17): one for each channel of a head end or a bank server. */
export function createLoadServer(
  crypto: LoadServerCrypto,
  checks: LoadServerChecks = loadServerChecks,
): LoadServerRole {
  return withLoadLayer({
    handle(state, input) {
      const { settings, contract } = state;
      const { state: phase, outputs } = handlePhase({ crypto, checks, settings, contract }, state.phase, input);
      return { state: { ...state, phase }, outputs };
    },
  });
}

export const loadServer: LoadServerRole = createLoadServer(loadServerCrypto);

function handlePhase(context: Context, phase: Phase, input: LoadInput): PhaseStep {
  switch (phase.at) {
    case "first-message":
      return onFirstMessage(context, phase, input);
    case "direct":
      return onDirect(phase, input);
    case "authorised":
      return onAuthorised(phase, input);
    case "registration":
      return onRegistration(context, phase, input);
    case "s2":
      return onS2(phase, input);
    case "load-response":
      return onLoadResponse(context, phase, input);
    case "s3":
      return onS3(context, phase, input);
    case "negative":
      return onNegative(context, phase, input);
    case "negative-s3":
      return onNegativeS3(context, phase, input);
    case "challenge":
      return onChallenge(context, phase, input);
    case "stored":
      return onStored(context, phase, input);
    case "outcome":
      return onOutcome(phase, input);
    case "over":
      return ignored(phase);
    default:
      return unreachable(phase);
  }
}

function onFirstMessage(context: Context, phase: Phase, input: LoadInput): PhaseStep {
  switch (input.kind) {
    case "connected":
      return { state: phase, outputs: [{ kind: "await-head-end", since: "now", isFirst: true }] };
    case "message":
      return onOpening(context, input.bytes);
    case "silence":
    case "lost":
      return over([{ kind: "end" }]);
    default:
      return ignored(phase);
  }
}

function onOpening(context: Context, bytes: Uint8Array): PhaseStep {
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "load-request":
      return after([received(message.IDTRX, bytes)], onLoadRequest(context, message));
    case "load-selection":
      return onDirectSelection(message);
    case "load-recovery":
      return onRecovery(context, message);
    case "load-inquiry":
      return onInquiry(context, message);
    case "unrecognised": {
      const isRequest = bytes[0] === LAYOUTS["load-request"].tag;
      return after(isRequest ? [received(undefined, bytes)] : [], refuse(undefined, "A001"));
    }
    default:
      return refuse(undefined, "A00A");
  }
}

/** Step 895, before the request is judged. */
function received(IDTRX: string | undefined, bytes: Uint8Array): LoadOutput {
  return log("load-request-received", "895", IDTRX, { length: bytes.length });
}
