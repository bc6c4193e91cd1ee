import { toHex } from "../../core/bytes.ts";
import { formatAmount } from "../../core/currency.ts";
import type { DebitResult } from "../../protocol/messages/layouts.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { fail, log, logFailure, lossCode } from "./fail.ts";
import { refuseAddress } from "./order.ts";
import { statusAddress } from "./sites.ts";
import type { HeadEndSale, HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";
import { fitted } from "./texts.ts";

/** Longest CONTENT in bytes (messages.md 1). */
const CONTENT_LIMIT = 32_768;

/** The confirmation goes to the merchant at the URL of the page (636), a negative one too: it learns of the failure. */
export function deliver(state: HeadEndState, { CC, CONF }: DebitResult): HeadEndStep {
  const { sale, config, session } = state;
  if (!sale) return fail(state, "A00A");
  const failed = CC === undefined ? [] : logFailure(state, CC);
  const next: HeadEndState = { ...state, failure: state.failure ?? CC };
  const address = statusAddress(sale.URL, Object.values(config.sites));
  if (!address) return after(failed, refuseAddress(next, sale.URL, "A018"));
  const form = [
    ["transaction-id", sale.IDTRX],
    ["confirmation", toHex(CONF ?? new Uint8Array())],
  ] as const;
  const post = { kind: "post", ...address, session, form } as const;
  return go(next, { phase: "delivering" }, ...failed, ...announcement(next, sale), post);
}

/** "Debited" for the user, optional in [0089]; only when the confirmation says so. */
function announcement({ config, failure }: HeadEndState, sale: HeadEndSale): readonly HeadEndOutput[] {
  if (!config.announceDebit || failure !== undefined) return [];
  const { IDTRX, MPDA, CURRPDA, CEXPPDA } = sale;
  const isKnown = MPDA !== undefined && CURRPDA !== undefined && CEXPPDA !== undefined;
  const TEXT = isKnown ? `${formatAmount(MPDA, CURRPDA, CEXPPDA)} was debited.` : "The debit was confirmed.";
  return [{ kind: "send-cable", message: { kind: "user-message", IDTRX, CC: "0000", TEXT } }];
}

/** The merchant's answer (640), for the user (641). */
export function onMerchantAnswer(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  const { sale, failure } = state;
  if (!sale) return fail(state, "A00A");
  if (input.kind !== "http") {
    const text = "The merchant could not be told of the payment. It will be settled later.";
    return fail(state, input.kind === "http-lost" ? lossCode(input.why) : "A019", text);
  }
  const { status, body } = input;
  const confirmed = failure === undefined ? [log(state, "payment-confirmed", "636", { url: sale.URL })] : [];
  const heard = [...confirmed, log(state, "merchant-response", "640", { status })];
  if (failure !== undefined) return after(heard, fail(state, failure));
  if (status !== 200) return after(heard, fail(state, "A018"));
  const CONTENT = fitted(body, CONTENT_LIMIT);
  const cut = CONTENT.length < body.length ? [log(state, "content-cut", "641", { length: body.length })] : [];
  const message = { kind: "result", IDTRX: sale.IDTRX, CC: "0000", CONTENT } as const;
  return go(state, { phase: "over" }, ...heard, ...cut, { kind: "send-cable", message }, { kind: "end" });
}
