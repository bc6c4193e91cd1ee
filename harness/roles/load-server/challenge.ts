import type { ChallengeResponse } from "../../protocol/messages/layouts.ts";
import { encodeLoadInit } from "../../protocol/messages/load-init.ts";
import { parseLoadResponse } from "../../protocol/messages/load-response.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { Context } from "./context.ts";
import type { Fresh, LoadInput } from "./effects.ts";
import { askAboutNegative, notConfirmed } from "./negative.ts";
import { ignored, unresolved } from "./outputs.ts";
import type { PhaseAt, PhaseStep, SentLoad } from "./phase.ts";
import { stray } from "./stray.ts";

/** Where there is no S3 to be had: the card signs an identifier that nobody could know before (`load.md` 5). */

export function challenge({ settings }: Context, load: SentLoad, fresh: Fresh): PhaseStep {
  const { CURRLDA, CEXPLDA } = load.init;
  const { challenge: IDTRX, now: DTHR } = fresh;
  const init = { MLDA: 0, CURRLDA, CEXPLDA, IDACQ: settings.IDACQ, DTHR, IDTRX };
  const message = { kind: "load-challenge", IDTRX: load.IDTRX, LOADINIT: encodeLoadInit(init) } as const;
  return {
    state: { at: "challenge", load, init },
    outputs: [
      { kind: "send", bytes: encodeMessage(message) },
      { kind: "await-head-end", since: "now" },
    ],
  };
}

export function onChallenge(context: Context, phase: PhaseAt<"challenge">, input: LoadInput): PhaseStep {
  switch (input.kind) {
    case "message":
      return onHeadEndMessage(context, phase, input.bytes);
    case "undecipherable":
      return stray(phase, input.IDTRX, "A00C");
    case "silence":
      return unresolved(phase.load, "A010");
    case "lost":
      return unresolved(phase.load, "A019");
    default:
      return ignored(phase);
  }
}

function onHeadEndMessage(context: Context, phase: PhaseAt<"challenge">, bytes: Uint8Array): PhaseStep {
  const message = parseMessage(bytes);
  if (message.kind === "unrecognised") return stray(phase, undefined, "A001");
  if (message.kind !== "challenge-response") return stray(phase, undefined, "A00A");
  if (message.IDTRX !== phase.load.IDTRX) return stray(phase, message.IDTRX, "A009");
  return onResponse(context, phase, message);
}

function onResponse(
  { checks }: Context,
  phase: PhaseAt<"challenge">,
  { IDTRX, LOADRSP }: ChallengeResponse,
): PhaseStep {
  const { load, init } = phase;
  const card = parseLoadResponse(LOADRSP);
  if (!card.ok) return stray(phase, IDTRX, "A001");
  const mismatch = checks.mismatchOfCard(load, card.value);
  if (mismatch !== undefined) return notConfirmed(load, mismatch);
  return askAboutNegative(load, { init, card: card.value }, undefined);
}
