import { layerFlaw } from "../../protocol/messages/encryption-layer.ts";
import { parseInitResponse } from "../../protocol/messages/init-response.ts";
import type { CardInformation, Recovery, Selection, Stop } from "../../protocol/messages/layouts.ts";
import { parsePaymentPage } from "../../protocol/messages/payment-page.ts";
import { checkCard } from "./checks.ts";
import type { HeadEndInput, HeadEndOutput } from "./events.ts";
import { fail, failGarbled, log, logFailure, lossCode } from "./fail.ts";
import { loadStep } from "./load.ts";
import { recoverLoad, selectLoad } from "./load-order.ts";
import { originOf, statusAddress } from "./sites.ts";
import type { HeadEndState } from "./state.ts";
import { after, go, type HeadEndStep } from "./step.ts";

/** The first message of a set-top box: an order (602), a load (871), or the recovery of an earlier one. */
export function onOrder(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind === "cable-lost") return go(state, { phase: "over" }, { kind: "end" });
  if (input.kind !== "cable") return failGarbled(state, "bench", `"${input.kind}" instead of an order`, "A00A");
  const { message } = input;
  switch (message.kind) {
    case "selection":
      return onSelection(state, message);
    case "recovery":
      return onRecovery({ ...state, orderedIn: input.session }, message);
    case "load-selection":
      return loadStep(state, selectLoad(state.config.loadSites ?? {}, message));
    case "load-recovery":
      return loadStep(state, recoverLoad(state.config.loadSites ?? {}, message));
    case "unrecognised":
      return failGarbled(state, "set-top-box", message.reason, "A001");
    default:
      return failGarbled(state, "set-top-box", `${message.kind} as first message`, "A00A");
  }
}

/** Asks the merchant for the payment page in the user's session (602 to 606). */
function onSelection(state: HeadEndState, { SESSION, SITE, ITEM, QUANTITY }: Selection): HeadEndStep {
  const origin = originOf(state.config.sites, SITE);
  if (origin === undefined) return fail(state, "A017", "This merchant's site is not known here.");
  const form = [
    ["item", ITEM],
    ["quantity", String(QUANTITY)],
    ["payment", "smart-card"],
  ] as const;
  const post = { kind: "post", origin, path: "/checkout", session: SESSION, form } as const;
  return go(state, { phase: "checkout", origin, session: SESSION }, post);
}

/** The card's answer of an earlier purchase goes to the payment server of that purchase (messages.md 2, 3). */
function onRecovery(state: HeadEndState, { kind: _, CARDRSP, SW, ...sale }: Recovery): HeadEndStep {
  const { IDTRX, HOST, PORT, URL } = sale;
  const flaw = layerFlaw(sale);
  if (flaw !== undefined) return failGarbled(state, "set-top-box", `recovery: ${flaw}`, "A001");
  const response = { kind: "debit-response", IDTRX, CARDRSP, SW, RECOVERED: 1 } as const;
  const next: HeadEndState = { ...state, sale, response };
  if (!statusAddress(URL, Object.values(state.config.sites))) return refuseAddress(next, URL, "A018");
  return go(next, { phase: "connecting" }, { kind: "open-payment", HOST, PORT });
}

export function refuseAddress(state: HeadEndState, url: string, CC: "A017" | "A018"): HeadEndStep {
  return after([log(state, "status-url-refused", undefined, { url })], fail(state, CC));
}

/** The merchant's page, unchanged, for the set-top box (607). */
export function onPage(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind === "http-lost") return fail(state, lossCode(input.why), "The merchant does not answer.");
  if (input.kind !== "http") return failGarbled(state, "bench", `"${input.kind}" instead of a page`, "A00A");
  if (input.status !== 200) return refusePage(state, `answer ${input.status}`);
  const parsed = parsePaymentPage(input.body);
  if (!parsed.ok) return refusePage(state, parsed.reason);
  const page = { kind: "page", ...parsed.page } as const;
  const next: HeadEndState = { ...state, page, sale: page };
  if (!statusAddress(page.URL, state.origin === undefined ? [] : [state.origin])) {
    return refuseAddress(next, page.URL, "A017");
  }
  if (page.COMPARE === 2 && !state.config.trustedAgent?.(page.IDMER)) return fail(next, "A00B");
  const { IDTRX } = page;
  const { session } = state;
  const outputs: HeadEndOutput[] = [{ kind: "send-cable", message: page }, { kind: "receive-cable" }];
  if (session !== undefined) outputs.unshift({ kind: "remember-session", IDTRX, session });
  return go(next, { phase: "card-information" }, ...outputs);
}

function refusePage(state: HeadEndState, reason: string): HeadEndStep {
  return after([log(state, "page-refused", undefined, { reason })], fail(state, "A017"));
}

/** What the set-top box says to the page: card information (608), or that the purchase ends. */
export function onCardInformation(state: HeadEndState, input: HeadEndInput): HeadEndStep {
  if (input.kind === "cable-lost") return fail(state, lossCode(input.why));
  if (input.kind !== "cable") return failGarbled(state, "bench", `"${input.kind}" instead of card information`, "A00A");
  const { message, today } = input;
  if (message.kind === "unrecognised") return failGarbled(state, "set-top-box", message.reason, "A001");
  if (message.kind === "stop") return onStop(state, message);
  if (message.kind !== "card-information" || message.IDTRX !== state.sale?.IDTRX) {
    return failGarbled(state, "set-top-box", `${message.kind} that is not due`, "A00A");
  }
  return onCard(state, message, today);
}

/** The set-top box ends the purchase before a debit command: there is nobody to answer. */
function onStop(state: HeadEndState, { CC }: Stop): HeadEndStep {
  return go(state, { phase: "over" }, ...logFailure(state, CC), { kind: "end" });
}

/** Checks (609), then the way to the payment server that the page names (610). */
function onCard(state: HeadEndState, { ATR, INITRSP, CERTS }: CardInformation, today: string): HeadEndStep {
  const { page } = state;
  const card = parseInitResponse(INITRSP);
  if (!page) return fail(state, "A00A");
  if (!card.ok)
    return after([log(state, "check-failed", "609", { CC: "A016", reason: card.reason })], fail(state, "A016"));
  const failure = checkCard(card.value, page, today);
  if (failure) {
    const { CC, TEXT } = failure;
    return after([log(state, "check-failed", "609", { CC })], fail(state, CC, TEXT));
  }
  const open = { kind: "open-payment", HOST: page.HOST, PORT: page.PORT } as const;
  return go(state, { phase: "connecting", card: { ATR, INITRSP, CERTS } }, open);
}
