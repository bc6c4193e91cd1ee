import { toHex } from "../../core/bytes.ts";
import type { DrawRequest } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { debitCommandFor } from "./debit-command-check.ts";
import { merchantRefusal, saleOf } from "./draw-request-checks.ts";
import type { PaymentInput } from "./effects.ts";
import type { ServedCurrency } from "./merchant-contract.ts";
import { ignored, log, refuse, refuseRegistered, update } from "./outputs.ts";
import type { PhaseAt, PhaseStep, Sale } from "./phase.ts";

/** From draw request to debit command (612 to 616), in the order of checks of `messages.md`, section 3. */

export function onDrawRequest(request: DrawRequest, bytes: Uint8Array): PhaseStep {
  const { IDTRX, IDMER } = request;
  const received = log("draw-request-received", "680", IDTRX, { length: bytes.length });
  const sale = saleOf(request);
  if (sale === undefined) return refuse(IDTRX, "A001", [received]);
  return { state: { at: "merchant", request, sale }, outputs: [received, { kind: "find-merchant", IDMER }] };
}

export function onMerchant(
  phase: PhaseAt<"merchant">,
  input: PaymentInput,
  currencies: readonly ServedCurrency[],
): PhaseStep {
  if (input.kind !== "merchant") return ignored(phase);
  const { request, sale } = phase;
  const CC = merchantRefusal(request, input.contract, currencies);
  // Nothing is registered before SECINFO is right: else anybody could use up a merchant's identifiers.
  if (CC !== undefined || input.contract === undefined) return refuse(request.IDTRX, CC ?? "A002");
  return {
    state: { at: "registration", request, sale, KMER: input.contract.KMER },
    outputs: [{ kind: "register", row: { ...sale, status: "received" } }],
  };
}

export function onRegistration(phase: PhaseAt<"registration">, input: PaymentInput): PhaseStep {
  if (input.kind !== "registered") return ignored(phase);
  if (!input.isNew) return refuse(phase.sale.IDTRX, "A004");
  return { state: { ...phase, at: "free-terminal" }, outputs: [{ kind: "acquire-terminal" }] };
}

export function onFreeTerminal(phase: PhaseAt<"free-terminal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal") return ignored(phase);
  const { request, sale, KMER } = phase;
  const { IDTERM } = input;
  if (IDTERM === undefined) return refuseRegistered(sale, "A007");
  const { IDTRX, IDMER, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA } = request;
  const draw = { kind: "t-draw", IDTERM, IDTRX, IDMER, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA } as const;
  return {
    state: { at: "debit-command", sale, KMER, IDTERM },
    outputs: [
      log("terminal-selected", "682", IDTRX, { IDTERM }),
      update(sale, { status: "accepted", IDTERM }),
      { kind: "ask-terminal", IDTERM, bytes: encodeMessage(draw) },
    ],
  };
}

export function onDebitCommand(phase: PhaseAt<"debit-command">, input: PaymentInput): PhaseStep {
  if (input.kind === "terminal-silent") return withdraw(phase, "A008");
  if (input.kind !== "terminal-answer") return ignored(phase);
  const answer = parseMessage(input.bytes);
  if (answer.kind === "t-refusal" && answer.CC !== IN_USE) return refuseRegistered(phase.sale, answer.CC, phase.IDTERM);
  if (answer.kind === "t-refusal") return withdraw(phase, answer.CC);
  const command = answer.kind === "t-debit" ? debitCommandFor(phase.sale, phase.IDTERM, answer) : undefined;
  if (command === undefined || answer.kind !== "t-debit") return withdraw(phase, "A008", otherIn(answer, phase.sale));
  const { sale, KMER, IDTERM } = phase;
  const { NTPSAM, DTHR, MPDA } = command;
  return {
    state: {
      at: "debit-response",
      transaction: { sale, KMER, IDTERM, NTPSAM, DTHR, wrongAnswers: 0, strays: 0 },
    },
    outputs: [
      log("debit-command-sent", "616", sale.IDTRX, { IDTERM, NTPSAM, MPDA }),
      update(sale, { status: "debit-sent", NTPSAM, debitCommand: toHex(answer.DEBITDATA) }),
      { kind: "send", bytes: encodeMessage({ kind: "debit-command", IDTRX: sale.IDTRX, DEBITDATA: answer.DEBITDATA }) },
      { kind: "await-head-end", since: "now" },
    ],
  };
}

/** T-draw while a transaction is open: perhaps this very one, when T-draw came twice. */
const IN_USE = "6985";

/** The identifier of a debit command that was not asked for: the terminal has that transaction open. */
function otherIn(answer: ReturnType<typeof parseMessage>, sale: Sale): string | undefined {
  return answer.kind === "t-debit" && answer.IDTRX !== sale.IDTRX ? answer.IDTRX : undefined;
}

/** No usable debit command came, so none has left: the terminal forgets the transaction for good. */
function withdraw({ sale, IDTERM }: PhaseAt<"debit-command">, CC: string, other?: string): PhaseStep {
  const cancel = { kind: "t-cancel", IDTERM, IDTRX: sale.IDTRX, MODE: 0 } as const;
  return {
    state: { at: "withdrawal", sale, IDTERM, CC, other },
    outputs: [{ kind: "ask-terminal", IDTERM, bytes: encodeMessage(cancel) }],
  };
}

/**
 * Whatever the terminal says to its cancellation, the transaction is refused. Another one that it has opened by mistake is
 * suspended and not withdrawn: the name may be that of a debit whose answer is still to come.
 */
export function onWithdrawal(phase: PhaseAt<"withdrawal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal-answer" && input.kind !== "terminal-silent") return ignored(phase);
  const { sale, IDTERM, CC, other } = phase;
  if (other === undefined) return refuseRegistered(sale, CC, IDTERM);
  const cancel = { kind: "t-cancel", IDTERM, IDTRX: other, MODE: 1 } as const;
  return {
    state: { ...phase, other: undefined },
    outputs: [{ kind: "ask-terminal", IDTERM, bytes: encodeMessage(cancel) }],
  };
}
