/** The notice of COMPARE 02 and 03 (messages.md 3a): how a sale ended that the payment server did not decide. */
import { toHex } from "../../core/bytes.ts";
import type { HeadEndInput, HeadEndOutput, HeadEndRole } from "./events.ts";
import { log } from "./fail.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";

/** The payment server waits longer for a notice than the head end for an answer (messages.md 9). */
const MOST_WAITS = 4;

/** The role that, whatever ends a session after the debit command, sends the notice before it ends. */
export function withNotice(role: HeadEndRole): HeadEndRole {
  return {
    handle(state, input) {
      if (state.phase === "noticing") return onNoticeSent(state, input);
      if (state.phase === "noticed") return onNoticed(state, input);
      if (state.phase === "settling") return onSettling(state, input);
      const step = role.handle(state, input);
      return state.phase !== "over" && isOwed(step) ? sendNotice(step) : step;
    },
  };
}

function isOwed({ state: { command, page }, outputs }: HeadEndStep): boolean {
  const isDecidedElsewhere = page?.COMPARE === 2 || page?.COMPARE === 3;
  return outputs.at(-1)?.kind === "end" && command !== undefined && isDecidedElsewhere;
}

/** The user has been told by then: nobody waits for the notice. */
function sendNotice({ state, outputs }: HeadEndStep): HeadEndStep {
  const { CARDRSP = new Uint8Array(0), SW = "0000" } = state.response ?? {};
  const verdict = state.verdict ?? toldCode(outputs) ?? "A01A";
  const message = { kind: "notice", IDTRX: state.sale?.IDTRX ?? "", CC: verdict, CARDRSP, SW } as const;
  return go(state, { phase: "noticing", verdict }, ...outputs.slice(0, -1), { kind: "send-payment", message });
}

/** The code that the user was told. */
function toldCode(outputs: readonly HeadEndOutput[]): string | undefined {
  const told = outputs.findLast((output) => output.kind === "send-cable");
  return told?.kind === "send-cable" && "CC" in told.message ? told.message.CC : undefined;
}

/** The payment server closes the channel when it has the notice; until then the channel stays open. */
function onNoticeSent(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const CC = state.verdict ?? null;
  if (input.kind !== "payment-sent") return repeat(state, log(state, "notice-not-sent", undefined, { CC }));
  const sent = log(state, "notice-sent", undefined, { CC });
  return go(state, { phase: "noticed", waits: 1 }, sent, { kind: "receive-payment" });
}

/** Anything but its orderly end says that the payment server has decided without the notice, or is gone. */
function onNoticed(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind !== "payment-lost") return repeat(state);
  if (input.why === "closed") return end(state);
  if (input.why === "silent" && state.waits < MOST_WAITS) {
    return go(state, { waits: state.waits + 1 }, { kind: "receive-payment" });
  }
  return repeat(state);
}

/** Once, as a recovery: only the card's own success is worth it, and the security card judges it. */
function repeat(state: HeadEndState, ...before: readonly HeadEndOutput[]): HeadEndStep {
  const { response, page } = state;
  const isPaid = response !== undefined && toHex(response.CARDRSP.subarray(0, 2)) === "0000";
  if (!isPaid || !page) return after(before, end(state));
  const repeated = log(state, "notice-repeated", undefined, { CC: state.verdict ?? null });
  const open = { kind: "open-payment", HOST: page.HOST, PORT: page.PORT } as const;
  return go(state, { phase: "settling" }, ...before, repeated, open);
}

function onSettling(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { response } = state;
  if (input.kind === "payment-open" && response) {
    return go(state, {}, { kind: "send-payment", message: { ...response, RECOVERED: 1 } });
  }
  if (input.kind === "payment-sent") return go(state, {}, { kind: "receive-payment" });
  const { message } = input.kind === "payment" ? input : {};
  const CC =
    message?.kind === "debit-result" ? (message.CC ?? "0000") : message?.kind === "refusal" ? message.CC : "A010";
  return after([log(state, "notice-settled", undefined, { CC })], end(state));
}

function end(state: HeadEndState): HeadEndStep {
  return go(state, { phase: "over" }, { kind: "end" });
}
