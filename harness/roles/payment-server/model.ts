import { unreachable } from "../../core/errors.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { Role } from "../role.ts";
import { onDebitResponse } from "./await-answer.ts";
import { onJudgingTerminal } from "./compare.ts";
import { onTerminalResult } from "./complete.ts";
import { onDirectConfirmation } from "./conclude.ts";
import {
  onDebitCommand,
  onDrawRequest,
  onFreeTerminal,
  onMerchant,
  onRegistration,
  onUsedName,
  onWithdrawal,
} from "./draw.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { withEncryptionLayer } from "./encryption.ts";
import { ignored, log, over, refuse } from "./outputs.ts";
import type { PaymentState, Phase, PhaseStep } from "./phase.ts";
import { onItsMerchant, onItsTerminal, onRecoveredResponse, onStoredTransaction } from "./recovery.ts";
import { onReversal, onReversingTerminal } from "./reversal.ts";
import { onSuspension } from "./unresolved.ts";

export type PaymentServerRole = Role<PaymentState, PaymentInput, PaymentOutput>;

/** The payment server's transaction thread: one for each channel of a head end ([0041]). */
export const paymentServer: PaymentServerRole = withEncryptionLayer({
  handle(state, input) {
    const { state: phase, outputs } = handlePhase(state, input);
    return { state: { ...state, phase }, outputs };
  },
});

function handlePhase({ currencies, phase, layer }: PaymentState, input: PaymentInput): PhaseStep {
  const came = layer?.at === "open" ? layer.suite : undefined;
  switch (phase.at) {
    case "first-message":
      return onFirstMessage(phase, input);
    case "merchant":
      return onMerchant(phase, input, currencies, came);
    case "registration":
      return onRegistration(phase, input);
    case "free-terminal":
      return onFreeTerminal(phase, input);
    case "debit-command":
      return onDebitCommand(phase, input);
    case "used-name":
      return onUsedName(phase, input);
    case "withdrawal":
      return onWithdrawal(phase, input);
    case "debit-response":
      return onDebitResponse(phase, input);
    case "judging-terminal":
      return onJudgingTerminal(phase, input);
    case "terminal-result":
      return onTerminalResult(phase, input);
    case "direct-confirmation":
      return onDirectConfirmation(phase, input);
    case "suspension":
      return onSuspension(phase, input);
    case "reversing-terminal":
      return onReversingTerminal(phase, input);
    case "reversal":
      return onReversal(phase, input);
    case "stored-transaction":
      return onStoredTransaction(phase, input);
    case "its-merchant":
      return onItsMerchant(phase, input, came);
    case "its-terminal":
      return onItsTerminal(phase, input);
    case "over":
      return ignored(phase);
    default:
      return unreachable(phase);
  }
}

function onFirstMessage(phase: Phase, input: PaymentInput): PhaseStep {
  switch (input.kind) {
    case "connected":
      return { state: phase, outputs: [{ kind: "await-head-end", since: "now", isFirst: true }] };
    case "message":
      return onOpening(input.bytes);
    case "silence":
    case "lost":
      return over([{ kind: "end" }]);
    default:
      return ignored(phase);
  }
}

function onOpening(bytes: Uint8Array): PhaseStep {
  const message = parseMessage(bytes);
  const received = log("draw-request-received", "680", undefined, { length: bytes.length });
  switch (message.kind) {
    case "draw-request":
      return onDrawRequest(message, bytes);
    case "debit-response":
      return message.RECOVERED === 1 ? onRecoveredResponse(message) : refuse(message.IDTRX, "A00A", [received]);
    case "unrecognised":
      return refuse(undefined, "A001", [received]);
    default:
      return refuse(undefined, "A00A", [received]);
  }
}
