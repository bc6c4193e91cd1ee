/** COMPARE 03: the merchant compares and decides; the head end brings it both answers (FIG 7; messages.md 3a, 4). */
import { toHex } from "../../core/bytes.ts";
import type { DebitResponse } from "../../protocol/messages/layouts.ts";
import { isRefusal, NOT_DEBITED } from "./compare.ts";
import { announcement, notTold, post, released } from "./deliver.ts";
import type { HeadEndInput } from "./events.ts";
import { fail, log, lossCode } from "./fail.ts";
import { passOn } from "./pass-on.ts";
import type { HeadEndState } from "./state.ts";
import { after, type HeadEndStep } from "./step.ts";

const DEBITED = "0000";
const WRONG_SIGNATURE = "9302";
const NOT_ACCEPTED = "A018";

/** The card's answer beside the sealed one (752). Without an answer there is nothing to compare. */
export function askMerchant(state: HeadEndState, { CARDRSP, SW }: DebitResponse): HeadEndStep {
  const { command, sale } = state;
  if (!sale || !command?.SEXP) return fail(state, "A00A");
  if (CARDRSP.length === 0) return fail(state, isRefusal(SW) ? NOT_DEBITED : "A01A");
  const form = [
    ["transaction-id", sale.IDTRX],
    ["card-response", toHex(CARDRSP)],
    ["expected-signature", toHex(command.SEXP)],
  ] as const;
  return post(state, "judging", form);
}

/** What the merchant says to them: what was bought (756), or why nothing is released. */
export function onJudgement(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { sale } = state;
  if (!sale) return fail(state, "A00A");
  if (input.kind !== "http") return notTold(state, input.kind === "http-lost" ? lossCode(input.why) : "A019");
  const { status, body } = input;
  const answered = log(state, "merchant-response", "640", { status });
  if (status !== 200) return after([answered], refused(state, status));
  const confirmed = log(state, "payment-confirmed", "636", { url: sale.URL });
  return after([confirmed, answered, ...announcement(state)], released(state, body));
}

/**
 * Not equal, or negative: nobody here can tell a changed answer from the card's own, so that the card is asked once more
 * either way. What the merchant does not decide is not decided: as long as the card says that it was debited, a recovery
 * can still settle it.
 */
function refused(state: HeadEndState, status: number): HeadEndStep {
  const { command, repeated, response } = state;
  const isJudged = status === 422 || status === 402;
  if (isJudged && !repeated && command) return passOn({ ...state, repeated: true }, command);
  const CC = toHex(response?.CARDRSP.subarray(0, 2) ?? new Uint8Array());
  if (status === 402 && CC !== DEBITED) return fail(state, CC);
  return fail({ ...state, verdict: status === 422 ? WRONG_SIGNATURE : NOT_ACCEPTED }, "A01A");
}
