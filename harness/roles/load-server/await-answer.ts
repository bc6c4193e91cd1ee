import type { CardResponse } from "../../protocol/messages/card-response.ts";
import type { LoadResponse } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { challenge } from "./challenge.ts";
import type { Context } from "./context.ts";
import type { Fresh, LoadInput } from "./effects.ts";
import { answerHex, cardAnswer, hsmRequest } from "./elements.ts";
import { verdictOnS3 } from "./hsm-results.ts";
import { onNegativeResult } from "./negative.ts";
import { after, askHsm, ignored, log, logLoadResponse, sendRefusal, settle, unresolved } from "./outputs.ts";
import type { PhaseAt, PhaseStep, SentLoad } from "./phase.ts";
import { stray } from "./stray.ts";

/** The wait for the card's answer after the load command, and a positive answer at the HSM (883 to 888). */

export function onLoadResponse(context: Context, phase: PhaseAt<"load-response">, input: LoadInput): PhaseStep {
  switch (input.kind) {
    case "message":
      return onHeadEndMessage(context, phase, input.bytes, input.fresh);
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

function onHeadEndMessage(
  context: Context,
  phase: PhaseAt<"load-response">,
  bytes: Uint8Array,
  fresh: Fresh,
): PhaseStep {
  const { load } = phase;
  const message = parseMessage(bytes);
  switch (message.kind) {
    case "load-response":
      if (message.IDTRX !== load.IDTRX) return stray(phase, message.IDTRX, "A009");
      return onCardAnswer(context, load, message, fresh) ?? stray(phase, message.IDTRX, "A001");
    case "negative-result":
      if (message.IDTRX !== load.IDTRX) return stray(phase, message.IDTRX, "A009");
      return onNegativeResult(context, load, message) ?? stray(phase, message.IDTRX, "A001");
    case "load-request":
      // A repeated request gets no second load command, also where its first one is still at work.
      return stray(phase, message.IDTRX, message.IDTRX === load.IDTRX ? "A004" : "A00A");
    case "unrecognised":
      return stray(phase, undefined, "A001");
    default:
      return stray(phase, undefined, "A00A");
  }
}

/** AA, or what AE says of the card's answer; undefined where it is no answer. */
export function onCardAnswer(
  context: Context,
  load: SentLoad,
  response: Pick<LoadResponse, "IDTRX" | "CARDRSP" | "SW">,
  fresh: Fresh,
): PhaseStep | undefined {
  const received = [logLoadResponse(response)];
  if (response.CARDRSP.length === 0) return after(received, challenge(context, load, fresh));
  const answer = cardAnswer(response);
  if (answer === undefined) return undefined;
  return after(received, answer.CC === "0000" ? onPositive(context, load, answer) : onUnproven(context, load, fresh));
}

/** What the card signs when it was loaded by just this; anything else need not be shown to the HSM. */
function onPositive({ checks }: Context, load: SentLoad, answer: CardResponse): PhaseStep {
  if (!checks.isAsAsked(load, answer)) return onMismatch(load, answer);
  const { CC, BALIEP, S3 } = answer;
  return {
    state: { at: "s3", load, answer },
    outputs: askHsm(load.IDTRX, { code: "DO", request: hsmRequest(load), completion: { CC, BALIEP, S3 } }),
  };
}

/** A negative result is not believed by itself ([0129]): the card has to be asked afresh. */
function onUnproven(context: Context, load: SentLoad, fresh: Fresh): PhaseStep {
  if (load.isRecovered) return challenge(context, load, fresh);
  if (load.negativeAnswers > 0) return unresolved(load, "A027");
  return askAgain({ ...load, negativeAnswers: 1 }, "A027");
}

export function onS3(context: Context, phase: PhaseAt<"s3">, input: LoadInput): PhaseStep {
  if (input.kind !== "hsm-answer") return ignored(phase);
  const { load, answer } = phase;
  const { verdict, outputs } = verdictOnS3(context, load, answer.CC, input.body);
  const learnt = { cardResponse: answerHex(answer), hsmResponse: `DP${input.body}` };
  if (verdict === "right") return settle(load, { status: "loaded", CC: answer.CC, ...learnt }, outputs);
  return verdict === "wrong" ? after(outputs, onMismatch(load, answer)) : unresolved(load, "A026", outputs);
}

/** Altered on the way, or forged: the genuine one may still come. */
function onMismatch(load: SentLoad, answer: CardResponse): PhaseStep {
  const mismatch = [log("s3-mismatch", undefined, load.IDTRX, { CC: answer.CC })];
  if (load.isRecovered || load.wrongAnswers > 0) return unresolved(load, "9302", mismatch);
  return after(mismatch, askAgain({ ...load, wrongAnswers: 1 }, "9302"));
}

/** The wait goes on, and its time begins anew: the card has to be asked. */
function askAgain(load: SentLoad, CC: string): PhaseStep {
  const outputs = [sendRefusal(load.IDTRX, CC), { kind: "await-head-end", since: "now" }] as const;
  return { state: { at: "load-response", load }, outputs };
}
