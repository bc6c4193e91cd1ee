/** How a load that failed is proved: by a zero value load request, or by the load server's challenge (load.md 5). */

import type { LoadCardInformation, LoadChallenge, Message } from "../../protocol/messages/layouts.ts";
import { encodeLoadInit, parseLoadInit } from "../../protocol/messages/load-init.ts";
import { refusedMessage, unresolved } from "./load-fail.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

/** A card's negative completion is not believed by itself: the card is initialised again, for nothing (0129). */
export function showNegative(load: LoadState, CC: string): LoadStep {
  return proceed(load, { phase: "dating" }, loadLog(load, "negative-result", "882", { CC }), { kind: "time" });
}

/** The original request with MLDA zero and the head end's own time. */
export function onTime(load: LoadState, input: LoadInput): LoadStep {
  const original = load.LOADINIT && parseLoadInit(load.LOADINIT);
  if (input.kind !== "time" || !original?.ok) return unresolved(load, "no zero value load request could be made");
  const zero = encodeLoadInit({ ...original.value, MLDA: 0, DTHR: input.DTHR });
  return initialiseAgain({ ...load, phase: "proving", zero }, zero);
}

/** LOADINIT of the load server, whose random IDTRX makes the card's first signature a new one. */
export function onChallenge(load: LoadState, { LOADINIT }: LoadChallenge): LoadStep {
  const asked = parseLoadInit(LOADINIT);
  if (load.challenged || !asked.ok || asked.value.MLDA !== 0) {
    const reason = load.challenged ? "a second challenge" : "a challenge that is no zero value load request";
    return preceded([refusedMessage(load, "load-server", reason)], unresolved(load, reason));
  }
  return initialiseAgain({ ...load, phase: "challenged", challenged: true }, LOADINIT);
}

/** What the card says to either, for the load server: AB with the held answer, or B0. */
export function onProof(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind !== "cable") return unresolved(load, "the set-top box is gone");
  const { message } = input;
  const { terms, zero, response } = load;
  if (message.kind !== "load-card-information" || message.IDTRX !== terms?.IDTRX) {
    const CC = message.kind === "stop" ? message.CC : undefined;
    const reason = message.kind === "unrecognised" ? message.reason : `${message.kind} that is not due`;
    const noted = CC === undefined ? [refusedMessage(load, "set-top-box", reason)] : [];
    return preceded(noted, unresolved(load, CC === undefined ? reason : `the card cannot be asked (${CC})`));
  }
  if (load.phase === "challenged") return tell(load, challengeResponse(message));
  if (!zero || !response) return unresolved(load, "nothing to be proved");
  const { CARDRSP, SW } = response;
  const { IDTRX, LOADRSP } = message;
  return tell(load, { kind: "negative-result", IDTRX, CARDRSP, SW, LOADINIT: zero, LOADRSP });
}

function challengeResponse({ IDTRX, LOADRSP }: LoadCardInformation): Message {
  return { kind: "challenge-response", IDTRX, LOADRSP };
}

function initialiseAgain(load: LoadState, LOADINIT: Uint8Array): LoadStep {
  const message = { kind: "initialise-load", IDTRX: load.terms?.IDTRX ?? "", LOADINIT } as const;
  return proceed(load, {}, { kind: "send-cable", message }, { kind: "receive-cable" });
}

function tell(load: LoadState, message: Message): LoadStep {
  return proceed(load, { phase: "responding" }, { kind: "send-payment", message });
}
