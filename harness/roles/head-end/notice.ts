/** The notice of COMPARE 02 and 03 (messages.md 3a): how a sale ended that the payment server did not decide. */
import type { HeadEndInput, HeadEndOutput, HeadEndRole } from "./events.ts";
import { log } from "./fail.ts";
import type { HeadEndState } from "./state.ts";
import { go, type HeadEndStep } from "./step.ts";

/** The role that, whatever ends a session after the debit command, sends the notice before it ends. */
export function withNotice(role: HeadEndRole): HeadEndRole {
  return {
    handle(state, input) {
      if (state.phase === "noticing") return onNoticeSent(state, input);
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

function onNoticeSent(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const CC = state.verdict ?? null;
  const entry = input.kind === "payment-sent" ? "notice-sent" : "notice-not-sent";
  return go(state, { phase: "over" }, log(state, entry, undefined, { CC }), { kind: "end" });
}
