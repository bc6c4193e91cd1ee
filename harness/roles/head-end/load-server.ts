/** Link 236 of a load (load.md 4): the load request (878), the load command (880), the result (890). */
import type { Message, Refusal } from "../../protocol/messages/layouts.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import { logResponse, negativeCode, passOnLoad } from "./load-card.ts";
import { confirmLoad } from "./load-confirm.ts";
import { failLoad, lostLoad, refusedMessage, unresolved } from "./load-fail.ts";
import { onChallenge, showNegative } from "./load-negative.ts";
import { BANK } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

const LOAD_SERVER = "load server";

/** S3 is not right: it may have been damaged on its way. */
const WRONG_SIGNATURE = "9302";
/** A negative completion has to be shown by a zero value load request. */
const SHOW_NEGATIVE = "A027";

/** The load server can be spoken to: the load request, or the recovery. */
export function onLoadServerOpen(load: LoadState, input: LoadInput): LoadStep {
  const { terms, card, LOADINIT, SECLOAD, response } = load;
  if (!terms || !LOADINIT || !card) return failLoad(load, "A00A");
  const { SOURCE, IDMER, IDTRX, layer } = terms;
  if (load.page === undefined) {
    if (input.kind !== "payment-open" || !response) return lostLoad(load, input, LOAD_SERVER, "unknown");
    const { CARDRSP, SW } = response;
    const head = { kind: "load-recovery", SOURCE, IDTRX, IDMER, ENCRYPTION: layer.suite } as const;
    const message = { ...head, LOADINIT, LOADRSP: card.LOADRSP, CARDRSP, SW };
    return proceed(load, { phase: "responding" }, logResponse(load, message), { kind: "send-payment", message });
  }
  if (input.kind !== "payment-open") return lostLoad(load, input, LOAD_SERVER);
  const request = { kind: "load-request", SOURCE, IDMER, IDTRX, ...card, LOADINIT } as const;
  const message = SOURCE === BANK ? { ...request, SECLOAD } : request;
  return proceed(load, { phase: "asking" }, { kind: "send-payment", message });
}

/** The load request has left; only now it is logged (878). */
export function onLoadRequestSent(load: LoadState, input: LoadInput): LoadStep {
  const { terms, amount } = load;
  if (input.kind !== "payment-sent" || !terms || !amount) return lostLoad(load, input, LOAD_SERVER);
  const fields = { IDMER: terms.IDMER, MLDA: amount.MLDA, host: terms.HOST, port: terms.PORT };
  const sent = loadLog(load, "load-request-sent", "878", fields);
  return proceed(load, { phase: "commanding" }, sent, { kind: "receive-payment" });
}

/**
 * The load command, a refusal, or a result that says that there will be none. After anything else the load server may have
 * sent one all the same: the set-top box keeps the load, and its card proves later that it was not loaded.
 */
export function onLoadAnswer(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind === "load-result" && isOfThisLoad(load, input) && input.CC !== "0000") return confirmLoad(load, input);
  if (input.kind === "payment-lost") return lostLoad(load, input, LOAD_SERVER);
  if (input.kind !== "payment") return unexpected(load, `"${input.kind}"`);
  const { message } = input;
  if (message.kind === "refusal" && isOfThisLoad(load, message)) return failLoad(load, failureCode(message));
  if (message.kind === "load-command" && isOfThisLoad(load, message)) return passOnLoad(load, message);
  return unexpected(load, strangeness(message));
}

export function onLoadResponseSent(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind !== "payment-sent") return lostUnresolved(load);
  return proceed(load, { phase: "judging" }, { kind: "receive-payment" });
}

/** How the load ended (890), what is still to be shown, or why it stays open. */
export function onLoadResult(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind === "load-result" && isOfThisLoad(load, input)) return confirmLoad(load, input);
  if (input.kind !== "payment") return lostUnresolved(load);
  const { message } = input;
  if (message.kind === "load-challenge" && isOfThisLoad(load, message)) return onChallenge(load, message);
  if (message.kind === "refusal" && isOfThisLoad(load, message)) return onLateRefusal(load, message);
  return unexpected(load, strangeness(message));
}

/** A wrong S3 is asked for once more, a negative completion is shown; any other refusal is no judgement on the load. */
function onLateRefusal(load: LoadState, { CC }: Refusal): LoadStep {
  const { terms, LOADDATA, repeated, zero, failure } = load;
  if (CC === WRONG_SIGNATURE && terms && LOADDATA && !repeated && failure === undefined) {
    return passOnLoad({ ...load, repeated: true }, { IDTRX: terms.IDTRX, LOADDATA });
  }
  const negative = negativeCode(load);
  if (CC === SHOW_NEGATIVE && negative !== undefined && !zero) return showNegative(load, negative);
  return unresolved(load, `the load server says ${CC}`);
}

function unexpected(load: LoadState, reason: string): LoadStep {
  return preceded([refusedMessage(load, "load-server", reason)], unresolved(load, reason));
}

function strangeness(message: Message | Unrecognised): string {
  return message.kind === "unrecognised" ? message.reason : `${message.kind} that is not due`;
}

function lostUnresolved(load: LoadState): LoadStep {
  return unresolved(load, "the load server does not answer");
}

/** Whether it is about this load; a refusal may do without the identifier. */
function isOfThisLoad({ terms }: LoadState, about: { readonly IDTRX?: string | undefined }): boolean {
  return about.IDTRX === undefined || about.IDTRX === terms?.IDTRX;
}

/** A refusal is a failure, whatever it says. */
function failureCode({ CC }: Refusal): string {
  return CC === "0000" ? "A00A" : CC;
}
