/** From the user's wish to the account holder's word that the amount is debited (load.md 2, 3; 872 to 875). */
import { lossCode } from "./fail.ts";
import { type HolderAnswer, holderAnswer } from "./load-answer.ts";
import { ask } from "./load-ask.ts";
import { failLoad, notDue } from "./load-fail.ts";
import { fromSetTopBox } from "./load-heard.ts";
import { initialise } from "./load-initialise.ts";
import { checkPage } from "./load-page-check.ts";
import { sourceOf } from "./load-sites.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

const ACCOUNT_HOLDER = "account-holder";

/** What the account holder says while a load is being prepared; on link 236 each question has to leave first. */
export function onHolder(load: LoadState, input: LoadInput): LoadStep {
  if (input.kind === "payment-sent" && load.site?.kind === "load-direct") {
    return proceed(load, {}, { kind: "receive-payment" });
  }
  const answer = holderAnswer(load, input);
  if (!answer) return notDue(load, "bench", input);
  switch (answer.kind) {
    case "lost":
      return failLoad(load, lossCode(answer.why), "The account holder does not answer.");
    case "refused":
      return failLoad({ ...load, held: answer.held }, answer.CC, answer.cause);
    case "unusable":
      return unusable(load, answer.reason);
    default:
      return onAnswer(load, answer);
  }
}

type Due = Extract<HolderAnswer, { kind: "request" | "page" | "authorised" }>;

function onAnswer(load: LoadState, answer: Due): LoadStep {
  if (load.phase === "requesting" && answer.kind === "request") return onRequest(load, answer.SOURCE);
  if (load.phase === "paging" && answer.kind === "page") return onPage(load, answer);
  if (load.phase === "authorising" && answer.kind === "authorised") {
    return initialise({ ...load, SECLOAD: answer.SECLOAD });
  }
  return unusable(load, `${answer.kind} that is not due`);
}

/** The card information request for the set-top box (872). */
function onRequest(load: LoadState, SOURCE: number): LoadStep {
  if (!load.site || SOURCE !== sourceOf(load.site)) return unusable(load, `source of funds ${SOURCE}`);
  const message = { kind: "card-information-request", SOURCE } as const;
  return proceed(load, { phase: "balance" }, { kind: "send-cable", message }, { kind: "receive-cable" });
}

/** What the set-top box has read of the card, for the account holder (873). */
export function onBalance(load: LoadState, input: LoadInput): LoadStep {
  const message = fromSetTopBox(load, input);
  if ("state" in message) return message;
  if (message.kind !== "balance") return notDue(load, "set-top-box", input);
  return ask(load, { phase: "paging", balance: message }, message);
}

/** The load page, unchanged, for the set-top box (874, 888). */
function onPage(load: LoadState, { page, amountUrl }: Extract<Due, { kind: "page" }>): LoadStep {
  const checked = checkPage(load.site, page, amountUrl);
  if (!checked.ok) {
    const { entry, fields } = checked;
    return preceded([loadLog(load, entry, undefined, fields)], failLoad(load, "A017"));
  }
  const { terms, amountAddress } = checked;
  const next: LoadState = { ...load, page, terms, amountAddress };
  const activated = loadLog(next, "load-module-activated", "874", { IDMER: page.IDMER });
  const outputs = [activated, { kind: "send-cable", message: page }, { kind: "receive-cable" }] as const;
  return proceed(next, { phase: "amount" }, ...outputs);
}

/** The user's amount, for the account holder (875). */
export function onAmount(load: LoadState, input: LoadInput): LoadStep {
  const { page } = load;
  const message = fromSetTopBox(load, input);
  if ("state" in message) return message;
  if (message.kind !== "load-amount" || !page || message.IDTRX !== page.IDTRX) {
    return notDue(load, "set-top-box", input);
  }
  const { MLDA } = message;
  const { CURRLDA, CEXPLDA } = page;
  const next: LoadState = { ...load, amount: { MLDA, CURRLDA, CEXPLDA } };
  if (MLDA === 0 || MLDA > page.MLDAmax) return failLoad(next, "A022");
  return ask(next, { phase: "authorising", held: true }, message);
}

function unusable(load: LoadState, reason: string): LoadStep {
  return preceded([loadLog(load, "page-refused", undefined, { from: ACCOUNT_HOLDER, reason })], failLoad(load, "A017"));
}
