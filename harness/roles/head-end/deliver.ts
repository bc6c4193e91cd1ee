import { formatAmount, verbOf } from "../../core/currency.ts";
import type { DebitResult } from "../../protocol/messages/layouts.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { fail, log, logFailure, lossCode } from "./fail.ts";
import { confirmationForm, type StatusForm } from "./forms.ts";
import { refuseAddress } from "./order.ts";
import { statusAddress } from "./sites.ts";
import type { HeadEndPhase, HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";
import { fitted } from "./texts.ts";

/** Longest CONTENT in bytes (messages.md 1). */
const CONTENT_LIMIT = 32_768;

/** The payment server's confirmation goes to the merchant (636), a negative one too: it learns of the failure. */
export function deliver(state: HeadEndState, result: DebitResult): HeadEndStep {
  const { CC, CONF, CLEARCONF } = result;
  const isTold = CONF === undefined && CLEARCONF === undefined; // the merchant was told directly (link 238)
  if (isTold && CC !== undefined) return fail(state, CC);
  return postConfirmation(state, CC, confirmationForm(result.IDTRX, result), isTold ? "fetching" : "delivering");
}

/** `CC`: that of a negative confirmation. */
export function postConfirmation(
  state: HeadEndState,
  CC: string | undefined,
  form: StatusForm,
  phase: "delivering" | "fetching" = "delivering",
): HeadEndStep {
  const failed = CC === undefined ? [] : logFailure(state, CC);
  const next: HeadEndState = { ...state, failure: state.failure ?? CC };
  return after(failed, post(next, phase, form, announcement(next)));
}

/** A form for the status URL of the page, behind the outputs `before`. */
export function post(
  state: HeadEndState,
  phase: HeadEndPhase,
  form: StatusForm,
  before: readonly HeadEndOutput[] = [],
): HeadEndStep {
  const { sale, config } = state;
  if (!sale) return fail(state, "A00A");
  const session = phase === "fetching" ? (state.session ?? state.orderedIn) : state.session;
  const address = statusAddress(sale.URL, Object.values(config.sites));
  if (!address) return refuseAddress(state, sale.URL, "A018");
  return go(state, { phase }, ...before, { kind: "post", ...address, session, form });
}

/** "Debited" for the user, optional in [0089]; only when the confirmation says so. */
export function announcement({ config, failure, sale }: HeadEndState): readonly HeadEndOutput[] {
  if (!config.announceDebit || failure !== undefined || !sale) return [];
  const { IDTRX, MPDA, CURRPDA, CEXPPDA } = sale;
  const isKnown = MPDA !== undefined && CURRPDA !== undefined && CEXPPDA !== undefined;
  const TEXT = isKnown ? debited(MPDA, CURRPDA, CEXPPDA) : "The debit was confirmed.";
  return [{ kind: "send-cable", message: { kind: "user-message", IDTRX, CC: "0000", TEXT } }];
}

function debited(MPDA: number, CURRPDA: string, CEXPPDA: number): string {
  return `${formatAmount(MPDA, CURRPDA, CEXPPDA)} ${verbOf(MPDA, CURRPDA, CEXPPDA)} debited.`;
}

/** The merchant's answer (640), for the user (641). */
export function onMerchantAnswer(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { sale, failure, phase } = state;
  if (!sale) return fail(state, "A00A");
  if (input.kind !== "http") return notTold(state, input.kind === "http-lost" ? lossCode(input.why) : "A019");
  const { status, body } = input;
  const isConfirmed = failure === undefined && (phase === "delivering" || status === 200);
  const confirmed = isConfirmed ? [log(state, "payment-confirmed", "636", { url: sale.URL })] : [];
  const heard = [...confirmed, log(state, "merchant-response", "640", { status })];
  if (failure !== undefined) return after(heard, fail(state, failure));
  if (status !== 200) return after(heard, fail(state, isWorthRecovery(state, status) ? "A01A" : "A018"));
  return after(heard, released(state, body));
}

/**
 * What a merchant of direct confirmations does not give out may still be had in a recovery: it does not know of the payment
 * yet (400, 402), or a first request was damaged on its way (403, 404; messages.md 4).
 */
function isWorthRecovery({ phase, page }: HeadEndState, status: number): boolean {
  if (phase !== "fetching" || status === 409) return false;
  return page !== undefined || (status !== 403 && status !== 404);
}

/** What was bought, or the receipt, ends the purchase. */
export function released(state: HeadEndState, body: string): HeadEndStep {
  const CONTENT = fitted(body, CONTENT_LIMIT);
  const cut = CONTENT.length < body.length ? [log(state, "content-cut", "641", { length: body.length })] : [];
  const message = { kind: "result", IDTRX: state.sale?.IDTRX ?? "", CC: "0000", CONTENT } as const;
  return go(state, { phase: "over" }, ...cut, { kind: "send-cable", message }, { kind: "end" });
}

export function notTold(state: HeadEndState, CC: "A010" | "A019"): HeadEndStep {
  return fail(state, CC, "The merchant could not be told of the payment. It will be settled later.");
}
