import { unreachable } from "../../core/errors.ts";
import { onDebitResponse } from "./debit.ts";
import { onMerchantAnswer } from "./deliver.ts";
import { onUndecipherable, withEncryption } from "./encryption.ts";
import type { HeadEndInput, HeadEndRole } from "./events.ts";
import { onLoading } from "./load.ts";
import { onJudgement } from "./merchant-compares.ts";
import { withNotice } from "./notice.ts";
import { onCardInformation, onOrder, onPage } from "./order.ts";
import { onConnection, onDebitResult, onDrawSent, onPaymentAnswer, onResponseSent } from "./payment.ts";
import type { HeadEndState } from "./state.ts";
import { go, type HeadEndStep } from "./step.ts";

export type { HeadEndRole } from "./events.ts";

/** The cable head end (messages.md 2 to 4): between the set-top box, the merchant and the payment server. */
export const headEnd: HeadEndRole = withEncryption(withNotice({ handle }));

function handle(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind === "undecipherable") return onUndecipherable(state, input.from);
  switch (state.phase) {
    case "start":
      return go(state, { phase: "ordering" }, { kind: "receive-cable" });
    case "ordering":
      return onOrder(state, input);
    case "checkout":
      return onPage(state, input);
    case "card-information":
      return onCardInformation(state, input);
    case "connecting":
      return onConnection(state, input);
    case "drawing":
      return onDrawSent(state, input);
    case "commanding":
      return onPaymentAnswer(state, input);
    case "debiting":
      return onDebitResponse(state, input);
    case "responding":
      return onResponseSent(state, input);
    case "confirming":
      return onDebitResult(state, input);
    case "delivering":
    case "fetching":
      return onMerchantAnswer(state, input);
    case "judging":
      return onJudgement(state, input);
    case "loading":
      return onLoading(state, input);
    case "noticing":
    case "noticed":
    case "settling":
    case "over":
      return go(state, {}, { kind: "end" });
    default:
      return unreachable(state.phase);
  }
}
