import type { CipherSuite } from "../../core/sale-profile.ts";
import type { DrawRequest } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { agreementOf } from "./agreement.ts";
import { cancelAtTerminal, cancelOf, isAnsweredBy, isSingleTrip } from "./cancel.ts";
import { debitCommandFor } from "./debit-command-check.ts";
import { merchantRefusal, saleOf } from "./draw-request-checks.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { issue } from "./issue.ts";
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

/** `came`: the suite that the request came under, undefined in clear. */
export function onMerchant(
  phase: PhaseAt<"merchant">,
  input: PaymentInput,
  currencies: readonly ServedCurrency[],
  came: CipherSuite | undefined,
): PhaseStep {
  if (input.kind !== "merchant") return ignored(phase);
  const { request, sale } = phase;
  const CC = merchantRefusal(request, input.contract, currencies, came);
  // Nothing is registered before SECINFO is right: else anybody could use up a merchant's identifiers.
  if (CC !== undefined || input.contract === undefined) return refuse(request.IDTRX, CC ?? "A002");
  return {
    state: { at: "registration", request, sale, agreement: agreementOf(input.contract, input.secret) },
    outputs: [{ kind: "register", row: { ...sale, status: "received" } }],
  };
}

export function onRegistration(phase: PhaseAt<"registration">, input: PaymentInput): PhaseStep {
  if (input.kind !== "registered") return ignored(phase);
  if (!input.isNew) return refuse(phase.sale.IDTRX, "A004");
  const among = phase.agreement.terminals;
  const acquire = { kind: "acquire-terminal", ...(among === undefined ? {} : { among }) } as const;
  return {
    state: { ...phase, at: "free-terminal" },
    outputs: [phase.request.COMPARE === undefined ? acquire : { ...acquire, issues: true }],
  };
}

export function onFreeTerminal(phase: PhaseAt<"free-terminal">, input: PaymentInput): PhaseStep {
  if (input.kind !== "terminal") return ignored(phase);
  const { request, sale } = phase;
  const { IDTERM } = input;
  if (IDTERM === undefined) return refuseRegistered(sale, "A007");
  const { IDTRX, IDMER, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA, COMPARE, CERTS } = request;
  const card = { ATR, INITRSP, CERTS };
  const draw = { kind: "t-draw", IDTERM, IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, COMPARE, ...card } as const;
  return {
    state: { ...phase, at: "debit-command", IDTERM },
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
  const { sale, request, agreement, IDTERM } = phase;
  const answer = parseMessage(input.bytes);
  if (answer.kind === "t-refusal") return onRefusal(phase, answer.CC);
  const command = answer.kind === "t-debit" ? debitCommandFor(sale, request, IDTERM, answer) : undefined;
  if (command === undefined || answer.kind !== "t-debit") return withdraw(phase, "A008", otherIn(answer, sale));
  const { NTPSAM, DTHR } = command;
  const { EXPECTED } = answer;
  const begun = { holdsTerminal: true, isAwaited: true, isRecovered: false, wrongAnswers: 0, strays: 0 };
  return issue({ sale, agreement, IDTERM, NTPSAM, DTHR, EXPECTED, ...begun }, answer, input.nonce);
}

/** T-draw while a transaction is open: perhaps this very one, when T-draw came twice. */
const IN_USE = "6985";

/** Likewise where the security card has counted it with the first one, and the terminal was free again. */
const USED = "9416";

function onRefusal({ sale, IDTERM }: PhaseAt<"debit-command">, CC: string): PhaseStep {
  if (CC === IN_USE) return withdraw({ sale, IDTERM }, CC);
  if (CC !== USED || !isSingleTrip(sale)) return refuseRegistered(sale, CC, IDTERM);
  return { state: { at: "used-name", sale, IDTERM, CC }, outputs: [findIssued(sale, IDTERM, sale.IDTRX)] };
}

/** Another merchant's transaction of the same name is not this one's to take back. */
export function onUsedName(phase: PhaseAt<"used-name">, input: PaymentInput): PhaseStep {
  if (input.kind !== "issued-there") return ignored(phase);
  const { sale, IDTERM, CC } = phase;
  return input.isIssued ? refuseRegistered(sale, CC, IDTERM) : withdraw(phase, CC);
}

function findIssued({ IDMER, IDTRX }: Sale, IDTERM: string, name: string): PaymentOutput {
  return { kind: "find-issued", IDTERM, IDTRX: name, sale: { IDMER, IDTRX } };
}

/** The identifier of a debit command that was not asked for: the terminal has that transaction open. */
function otherIn(answer: ReturnType<typeof parseMessage>, sale: Sale): string | undefined {
  return answer.kind === "t-debit" && answer.IDTRX !== sale.IDTRX ? answer.IDTRX : undefined;
}

/** No usable debit command came, so none has left: the terminal forgets the transaction for good. */
function withdraw(
  { sale, IDTERM }: Pick<PhaseAt<"debit-command">, "sale" | "IDTERM">,
  CC: string,
  other?: string,
): PhaseStep {
  return {
    state: { at: "withdrawal", sale, IDTERM, CC, other },
    outputs: [cancelAtTerminal(cancelOf(sale, IDTERM, 0))],
  };
}

/**
 * Whatever the terminal says to its cancellation, the transaction is refused; one that it was silent on stays owed. Another
 * one that it has opened by mistake is suspended and not withdrawn: the name may be that of a debit whose answer is still
 * to come. It is left alone where this server has drawn it there: then the name alone is wrong, and the transaction is another sale's.
 */
export function onWithdrawal(phase: PhaseAt<"withdrawal">, input: PaymentInput): PhaseStep {
  if (input.kind === "issued-there") return onOther(phase, input.isIssued);
  if (input.kind !== "terminal-answer" && input.kind !== "terminal-silent") return ignored(phase);
  const { sale, IDTERM, CC, other } = phase;
  const answer = input.kind === "terminal-answer" ? input.bytes : undefined;
  const owedMode = phase.owedMode ?? (isAnsweredBy(cancelOf(sale, IDTERM, 0), answer) ? undefined : 0);
  if (other === undefined) return refuseRegistered(sale, CC, IDTERM, owedMode);
  return { state: { ...phase, owedMode }, outputs: [findIssued(sale, IDTERM, other)] };
}

function onOther(phase: PhaseAt<"withdrawal">, isIssued: boolean): PhaseStep {
  const { sale, IDTERM, CC, other, owedMode } = phase;
  if (other === undefined || isIssued) return refuseRegistered(sale, CC, IDTERM, owedMode);
  return {
    state: { ...phase, other: undefined },
    outputs: [cancelAtTerminal({ IDTERM, IDTRX: other, MODE: 1, IDMER: undefined, isReversal: isSingleTrip(sale) })],
  };
}
