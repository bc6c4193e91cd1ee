import { bytesToUint, toHex } from "../../core/bytes.ts";
import type { DebitCommand, DebitResponse, DrawRequest, Message, Refusal } from "../../protocol/messages/layouts.ts";
import { deliver } from "./deliver.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { fail, failGarbled, log, logFailure, lossCode, lossCodeAfterDebit } from "./fail.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";
import { textOf } from "./texts.ts";

/** S3 is not the expected one (messages.md 3; psam-edge.md 4.4). */
const WRONG_SIGNATURE = "9302";

/** The payment server refuses a message, while the debit is still undecided (messages.md 3): no judgement on the payment. */
const ABOUT_A_MESSAGE = new Set(["A001", "A004", "A009", "A00A"]);

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
  const { IDMER, IDTRX, SECINFO, MPDA, CURRPDA, CEXPPDA } = page;
  const { ATR, INITRSP } = card;
  const head = { kind: "draw-request", TOKEN: 0xd1, STATE: 0x01 } as const;
  return { ...head, IDMER, IDTRX, SECINFO, ATR, INITRSP, MPDA, CURRPDA, CEXPPDA };
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
  return passOn(state, message);
}

/** The debit command for the set-top box (617). */
function passOn(state: HeadEndState, command: DebitCommand): HeadEndStep {
  const outputs: HeadEndOutput[] = [{ kind: "send-cable", message: command }, { kind: "receive-cable" }];
  return go(state, { phase: "debiting", command }, ...outputs);
}

export function onDebitResponse(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "cable") return fail(state, "A01A");
  const { message } = input;
  if (message.kind === "unrecognised") {
    return after(
      [log(state, "message-refused", undefined, { from: "set-top-box", reason: message.reason })],
      fail(state, "A01A"),
    );
  }
  if (message.kind === "debit-response" && isOfThisSale(state, message)) return respond(state, message);
  if (message.kind === "stop" && isOfThisSale(state, message)) return stopped(state, message.CC, message.IDTRX);
  const reason = `${message.kind} that is not due`;
  return after([log(state, "message-refused", undefined, { from: "set-top-box", reason })], fail(state, "A01A"));
}

/** The card's answer, unchanged, for the payment server (622). */
function respond(state: HeadEndState, response: DebitResponse): HeadEndStep {
  const send = { kind: "send-payment", message: response } as const;
  return go(state, { phase: "responding", response }, logDebit(state, response), send);
}

function logDebit(state: HeadEndState, { CARDRSP, SW }: DebitResponse): HeadEndOutput {
  const CC = CARDRSP.length === 0 ? null : toHex(CARDRSP.subarray(0, 2));
  return log(state, "card-debit-result", "622", { CC, SW, debited: isDebited(CARDRSP, SW) });
}

/** What the card says of itself; whether it is true is for the security card to judge. */
export function isDebited(CARDRSP: Uint8Array, SW: string): boolean {
  return SW === "9000" && CARDRSP.length > 0 && bytesToUint(CARDRSP.subarray(0, 2)) === 0;
}

/** The card was gone before the debit command reached it: the payment server need not wait for its deadline. */
function stopped(state: HeadEndState, CC: string, IDTRX: string): HeadEndStep {
  const none: DebitResponse = { kind: "debit-response", IDTRX, CARDRSP: new Uint8Array(0), SW: "0000", RECOVERED: 0 };
  return after(logFailure(state, CC), respond({ ...state, failure: CC }, none));
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
  return message.IDMER === state.sale?.IDMER
    ? deliver(state, message)
    : unclear(state, "debit result for another merchant");
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

function isOfThisSale(state: HeadEndState, message: Message): boolean {
  if (!("IDTRX" in message) || message.IDTRX === undefined) return message.kind === "refusal";
  return message.IDTRX === state.sale?.IDTRX;
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
