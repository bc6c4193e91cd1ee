import { bytesToUint, toHex } from "../../core/bytes.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { compare } from "./compare.ts";
import { isOfThisSale } from "./due.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { fail, failGarbled, log, logFailure } from "./fail.ts";
import { askMerchant } from "./merchant-compares.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";

/** What the set-top box says to the debit command (621). */
export function onDebitResponse(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "cable") return fail(state, "A01A");
  const { message } = input;
  if (message.kind === "unrecognised") return failGarbled(state, "set-top-box", message.reason, "A01A");
  if (message.kind === "debit-response" && isOfThisSale(state, message)) return onResponse(state, message);
  if (message.kind === "stop" && isOfThisSale(state, message)) return stopped(state, message.CC, message.IDTRX);
  return failGarbled(state, "set-top-box", `${message.kind} that is not due`, "A01A");
}

/** The card's answer, for whoever judges it (messages.md 3a). */
function onResponse(state: HeadEndState, response: DebitResponse): HeadEndStep {
  const next: HeadEndState = { ...state, response };
  switch (state.page?.COMPARE) {
    case 2:
      return after([logDebit(state, response)], compare(next, response));
    case 3:
      return after([logDebit(state, response)], askMerchant(next, response));
    default:
      return respond(state, response);
  }
}

/** The card's answer, unchanged, for the payment server (622). */
export function respond(state: HeadEndState, response: DebitResponse): HeadEndStep {
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
  const COMPARE = state.page?.COMPARE;
  if (COMPARE === 2 || COMPARE === 3) return fail({ ...state, response: none }, CC);
  return after(logFailure(state, CC), respond({ ...state, failure: CC }, none));
}
