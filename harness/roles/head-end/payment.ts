import type { DrawRequest, Message, Refusal } from "../../protocol/messages/layouts.ts";
import { respond } from "./debit.ts";
import { deliver } from "./deliver.ts";
import { isOfThisSale } from "./due.ts";
import type { HeadEndInput } from "./events.ts";
import { fail, failGarbled, log, lossCode, lossCodeAfterDebit } from "./fail.ts";
import { clearFlaw } from "./forms.ts";
import { onCommand, passOn } from "./pass-on.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";
import { textOf } from "./texts.ts";

/** S3 is not the expected one (messages.md 3; psam-edge.md 4.4). */
const WRONG_SIGNATURE = "9302";

/** The payment server refuses a message, while the debit is still undecided (messages.md 3): no judgement on the payment. */
const ABOUT_A_MESSAGE = new Set(["A001", "A004", "A009", "A00A", "A00C"]);

/** The payment server can be spoken to: one draw request (612), or the recovered debit response. */
export function onConnection(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "payment-open") return paymentLost(state, input, "A019");
  const draw = drawRequest(state);
  if (draw) return go(state, { phase: "drawing" }, { kind: "send-payment", message: draw });
  return state.response ? respond(state, state.response) : fail(state, "A00A");
}

/** All that the card said and all that the page says, in one message ([0077], [0078]). */
export function drawRequest({ page, card }: HeadEndState): DrawRequest | undefined {
  if (!page || !card) return undefined;
  const { IDMER, IDTRX, SECINFO, MPDA, CURRPDA, CEXPPDA, COMPARE } = page;
  const { ATR, INITRSP, CERTS } = card;
  const head = { kind: "draw-request", TOKEN: 0xd1, STATE: 0x01 } as const;
  return { ...head, IDMER, IDTRX, SECINFO, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA, COMPARE, CERTS };
}

/** The draw request has left; only now it is logged (612). */
export function onDrawSent(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { page } = state;
  if (input.kind !== "payment-sent" || !page) return paymentLost(state, input, "A019");
  const { IDMER, MPDA, HOST, PORT } = page;
  const sent = log(state, "draw-request-sent", "612", { IDMER, MPDA, host: HOST, port: PORT });
  return go(state, { phase: "commanding" }, sent, { kind: "receive-payment" });
}

export function onPaymentAnswer(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "payment") return paymentLost(state, input);
  const { message } = input;
  if (message.kind === "unrecognised") return failGarbled(state, "payment-server", message.reason, "A001");
  if (message.kind === "refusal" && isOfThisSale(state, message)) return fail(state, failureCode(message));
  if (message.kind !== "debit-command" || !isOfThisSale(state, message)) return notDue(state, message);
  return onCommand(state, message);
}

export function onResponseSent(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "payment-sent") return paymentLost(state, input);
  return go(state, { phase: "confirming" }, { kind: "receive-payment" });
}

/** Debit result (634), or why there is none. */
export function onDebitResult(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "payment") return paymentLost(state, input);
  const { message } = input;
  if (message.kind === "unrecognised") return unclear(state, message.reason);
  if (!isOfThisSale(state, message)) return unclear(state, `${message.kind} of another transaction`);
  if (message.kind === "refusal") return onLateRefusal(state, message);
  if (message.kind !== "debit-result") return unclear(state, `${message.kind} is not due`);
  if (message.IDMER !== state.sale?.IDMER) return unclear(state, "debit result for another merchant");
  const flaw = clearFlaw(state.sale, message);
  return flaw === undefined ? deliver(state, message) : failGarbled(state, "payment-server", flaw, "A01A");
}

/** A wrong S3 may have been damaged on its way: the set-top box is asked once more, and never debits twice (messages.md 3). */
function onLateRefusal(state: HeadEndState, refusal: Refusal): HeadEndStep {
  const { command, repeated, failure } = state;
  if (!command || failure !== undefined) return fail(state, failureCode(refusal));
  if (ABOUT_A_MESSAGE.has(refusal.CC)) return unclear(state, `refusal ${refusal.CC} of a message that was not due`);
  if (refusal.CC !== WRONG_SIGNATURE) return fail(state, failureCode(refusal));
  if (repeated) return fail(state, "A01A");
  return passOn({ ...state, repeated: true }, command);
}

/** A refusal is a failure, whatever it says. */
function failureCode({ CC }: Refusal): string {
  return CC === "0000" ? "A00A" : CC;
}

function notDue(state: HeadEndState, message: Message): HeadEndStep {
  return failGarbled(state, "payment-server", `${message.kind} that is not due`, "A00A");
}

/** The payment server says something else than a result: whether the payment counts is open. */
function unclear(state: HeadEndState, reason: string): HeadEndStep {
  const refused = log(state, "message-refused", undefined, { from: "payment-server", reason });
  return after([refused], fail(state, lossCodeAfterDebit(state, "closed")));
}

function paymentLost(state: HeadEndState, input: HeadEndInput, CC?: string): HeadEndStep {
  const why = input.kind === "payment-lost" ? input.why : "closed";
  const code = CC ?? (state.command || state.response ? lossCodeAfterDebit(state, why) : lossCode(why));
  return fail(state, code, code === "A01A" ? textOf(code) : "The payment server does not answer.");
}
