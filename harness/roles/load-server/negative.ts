import type { CardResponse } from "../../protocol/messages/card-response.ts";
import type { NegativeResult } from "../../protocol/messages/layouts.ts";
import type { Context } from "./context.ts";
import type { LoadInput } from "./effects.ts";
import { answerHex, cardAnswer, hsmRequest, signedRequest } from "./elements.ts";
import { verdictOnNegative, verdictOnS3 } from "./hsm-results.ts";
import type { Mismatch } from "./negative-checks.ts";
import { after, askHsm, ignored, log, logLoadResponse, settle, unresolved } from "./outputs.ts";
import type { PhaseAt, PhaseStep, SentLoad, SignedRequest } from "./phase.ts";

/** A negative result with a zero value load request ([0129], `load.md` 5): its counters, then two questions to the HSM. */

/** Undefined where the message is none: malformed, or without a signed answer of the card. */
export function onNegativeResult({ checks }: Context, load: SentLoad, message: NegativeResult): PhaseStep | undefined {
  const answer = cardAnswer(message);
  const fresh = signedRequest(message.LOADINIT, message.LOADRSP);
  if (answer === undefined || fresh === undefined) return undefined;
  const received = [logLoadResponse(message)];
  const mismatch =
    checks.mismatchOfRequest(load, fresh) ??
    checks.mismatchOfCard(load, fresh.card) ??
    checks.mismatchOfAnswer(load, answer);
  if (mismatch !== undefined) return after(received, notConfirmed(load, mismatch));
  return after(received, askAboutNegative(load, fresh, answer));
}

/** `negative-mismatch` says the element that differs. */
export function notConfirmed(load: SentLoad, { entry, what }: Mismatch): PhaseStep {
  return unresolved(load, "A01A", [log(entry, undefined, load.IDTRX, { what })]);
}

/** The counters are compared; higher ones are lowered, and the balance is then that of the new request. */
export function askAboutNegative(load: SentLoad, fresh: SignedRequest, answer: CardResponse | undefined): PhaseStep {
  const { NTIEP, R, S1 } = fresh.card;
  const { MLDA, DTHR, IDTRX } = fresh.init;
  const difference = NTIEP - load.card.NTIEP;
  const isEqual = difference === 0;
  const BALIEP = isEqual ? load.card.BALIEP : fresh.card.BALIEP;
  const lowered = load.card.NTIEP;
  const signed = { NTIEP, MLDA, BALIEP, R, DTHR, IDTRX, S1 };
  return {
    state: { at: "negative", load, answer, isEqual },
    outputs: [
      log("counters-compared", undefined, load.IDTRX, { equal: isEqual, difference }),
      ...askHsm(load.IDTRX, { code: "DU", request: hsmRequest(load), lowered, fresh: signed }),
    ],
  };
}

export function onNegative(context: Context, phase: PhaseAt<"negative">, input: LoadInput): PhaseStep {
  if (input.kind !== "hsm-answer") return ignored(phase);
  const { load, answer } = phase;
  const { verdict, outputs } = verdictOnNegative(context, load, input.body);
  if (verdict === "trouble") return unresolved(load, "A026", outputs);
  const found = verdict === "right" ? "negative-verified" : "s1-mismatch";
  const before = [...outputs, log(found, undefined, load.IDTRX)];
  if (answer === undefined) return after(before, onChallenged(phase, verdict, input.body));
  return after(before, verdict === "right" ? judgeAsSigned(load, answer) : judgeAsLoaded(load, answer));
}

/** Without any answer of the card only equal counters show that the command was never executed. */
function onChallenged(
  { load, isEqual }: PhaseAt<"negative">,
  verdict: "right" | "wrong",
  body: string | undefined,
): PhaseStep {
  if (verdict !== "right" || !isEqual) return unresolved(load, "A01A");
  return settle(load, { status: "not-loaded", CC: "A023", hsmResponse: `DV${body}` });
}

function judgeAsSigned(load: SentLoad, answer: CardResponse): PhaseStep {
  const completion = { CC: answer.CC, BALIEP: load.card.BALIEP, S3: answer.S3 };
  return {
    state: { at: "negative-s3", load, answer, judged: "as-signed" },
    outputs: askHsm(load.IDTRX, { code: "DO", request: hsmRequest(load), completion }),
  };
}

/** Perhaps somebody made a positive result negative on the way: then S3 still says so ([0129]). */
function judgeAsLoaded(load: SentLoad, answer: CardResponse): PhaseStep {
  const changed = log("result-code-changed", undefined, load.IDTRX, { CC: answer.CC });
  const BALIEP = load.card.BALIEP + load.init.MLDA;
  if (BALIEP > GREATEST_BALANCE) return unproven(load, [changed]);
  return {
    state: { at: "negative-s3", load, answer, judged: "as-loaded" },
    outputs: [
      changed,
      ...askHsm(load.IDTRX, {
        code: "DO",
        request: hsmRequest(load),
        completion: { CC: "0000", BALIEP, S3: answer.S3 },
      }),
    ],
  };
}

/** Four bytes: no card holds more. */
const GREATEST_BALANCE = 0xffff_ffff;

export function onNegativeS3(context: Context, phase: PhaseAt<"negative-s3">, input: LoadInput): PhaseStep {
  if (input.kind !== "hsm-answer") return ignored(phase);
  const { load, answer, judged } = phase;
  const CC = judged === "as-signed" ? answer.CC : "0000";
  const { verdict, outputs } = verdictOnS3(context, load, CC, input.body);
  if (verdict === "trouble") return unresolved(load, "A026", outputs);
  if (verdict === "wrong" && judged === "as-loaded") return unproven(load, outputs);
  if (verdict === "wrong")
    return unresolved(load, "9302", [...outputs, log("s3-mismatch", undefined, load.IDTRX, { CC })]);
  const learnt = { CC, cardResponse: answerHex(answer), hsmResponse: `DP${input.body}` };
  if (judged === "as-signed") return settle(load, { status: "not-loaded", ...learnt }, outputs);
  return settle(load, { status: "loaded", ...learnt }, [...outputs, log("loaded-proven", undefined, load.IDTRX)]);
}

function unproven(load: SentLoad, before: Parameters<typeof unresolved>[2]): PhaseStep {
  return unresolved(load, "A01A", [...(before ?? []), log("negative-unproven", undefined, load.IDTRX)]);
}
