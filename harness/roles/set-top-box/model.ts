import { unreachable } from "../../core/errors.ts";
import { readDebitAnswer } from "../../protocol/messages/debit-iep.ts";
import { layerFlaw } from "../../protocol/messages/encryption-layer.ts";
import type { Message, Page, UserMessage } from "../../protocol/messages/layouts.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import { onConnecting, onInserting, onSecured, onSelected, onSignature } from "./card.ts";
import { onCertificate, onInitialised } from "./card-information.ts";
import { onLogRecord } from "./card-log.ts";
import { finish, send, show, stop } from "./conclude.ts";
import { onDebitAnswer, recoveryMessage } from "./debit.ts";
import { onDebitCommand } from "./debit-command.ts";
import { CANCELLED, connectionLost, printable, question } from "./display.ts";
import { withEncryption } from "./encryption.ts";
import { lost } from "./endings.ts";
import type { SetTopBoxInput, SetTopBoxRole } from "./events.ts";
import { onEntered } from "./load-amount.ts";
import { onCreditAnswer } from "./load-command.ts";
import { onLoadInitialised } from "./load-initialise.ts";
import { onLoadInput, openLoad } from "./load-messages.ts";
import { onBalance, onCardInformation } from "./load-read.ts";
import { recoverLoad, startLoad } from "./load-start.ts";
import { answerOf, type PendingDebit } from "./pending.ts";
import { onCertificatePresented, onKeyPresented } from "./present.ts";
import type { DebitKnown, SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

export type { SetTopBoxRole } from "./events.ts";

/** The set-top box (messages.md 2, load.md 2): the user's order, the page, the card, and what the head end makes of it. */
export const setTopBox: SetTopBoxRole = withEncryption({ handle });

function handle(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind === "head-end-lost") return onLost(state, input);
  switch (state.phase) {
    case "start":
      return onStart(state, input);
    case "opening":
      return onOpened(state);
    case "deciding":
      return onDecided(state, input);
    case "connecting":
      return onConnecting(state, input);
    case "inserting":
      return onInserting(state, input);
    case "selecting":
      return onSelected(state, input);
    case "securing":
      return onSecured(state, input);
    case "initialising":
      return onInitialised(state, input);
    case "certifying":
      return onCertificate(state, input);
    case "presenting-certificate":
      return onCertificatePresented(state, input);
    case "presenting-key":
      return onKeyPresented(state, input);
    case "debiting":
      return onDebitAnswer(state, input);
    case "asking":
      return onSignature(state, input);
    case "load-listening":
      return onLoadInput(state, input);
    case "load-reading":
      return onBalance(state, input);
    case "load-identifying":
      return onCardInformation(state, input);
    case "entering":
      return onEntered(state, input);
    case "load-initialising":
      return onLoadInitialised(state, input);
    case "crediting":
      return onCreditAnswer(state, input);
    case "log-reading":
      return onLogRecord(state, input);
    case "browsing":
    case "waiting":
    case "concluding":
      if (input.kind === "head-end") return onMessage(state, input.message);
      return lost(state, "garbled", "A00A", `"${input.kind}" instead of a message`);
    case "over":
      return go(state, {}, { kind: "end" });
    default:
      return unreachable(state.phase);
  }
}

function onStart(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  switch (input.kind) {
    case "order":
      return go(state, { phase: "opening", order: input }, { kind: "open" });
    case "load":
      return startLoad(state, input);
    case "show-log":
      return go(state, { mode: "log", phase: "connecting" }, { kind: "connect-card" });
    case "recover":
      return input.pending.kind === "load" ? recoverLoad(state, input.pending) : recoverDebit(state, input.pending);
    default:
      return finish(state, "A00A");
  }
}

/** The card is asked for its answer each time: what is kept of it may have been altered on its way. */
function recoverDebit(state: SetTopBoxState, pending: PendingDebit): SetTopBoxStep {
  const debit = debitOf(pending);
  const next: SetTopBoxState = { ...state, mode: "recovery", sale: pending, goal: "signature", debit };
  return go(next, { phase: "connecting", asked: 1 }, { kind: "connect-card" });
}

/** What is known of a remembered debit: the card's answer was stored with it, or only the card knows. */
function debitOf(pending: PendingDebit): DebitKnown {
  const CARDRSP = answerOf(pending);
  const read = CARDRSP && readDebitAnswer(CARDRSP);
  if (!CARDRSP || !read?.ok) return { kind: "unknown" };
  return { kind: "answered", CARDRSP, CC: read.value.fields.CC, BALIEP: read.value.fields.BALIEP };
}

/** The channel to the head end is open: the order, the load, or the recovery, is its first message. */
function onOpened(state: SetTopBoxState): SetTopBoxStep {
  const { order, load } = state;
  if (load) return openLoad(state, load);
  if (!order) return recoveryMessage(state);
  const { SESSION, SITE, ITEM, QUANTITY } = order;
  const message = { kind: "selection", SESSION, SITE, ITEM, QUANTITY, PAYMENT: 1 } as const;
  return go(state, { phase: "browsing" }, send(message), { kind: "receive" });
}

function onLost(state: SetTopBoxState, input: Extract<SetTopBoxInput, { kind: "head-end-lost" }>): SetTopBoxStep {
  return lost(state, input.why, input.why === "silent" ? "A010" : "A019", input.text);
}

function onMessage(state: SetTopBoxState, message: Message | Unrecognised): SetTopBoxStep {
  if (message.kind === "unrecognised") return lost(state, "garbled", "A001", message.reason);
  if (!isOfThisSale(state, message)) return lost(state, "garbled", "A00A", `${message.kind} of another transaction`);
  const isBrowsing = state.phase === "browsing";
  switch (message.kind) {
    case "user-message":
      return onUserMessage(state, message);
    case "page":
      if (isBrowsing) return onPage(state, message);
      break;
    case "debit-command":
      if (!isBrowsing && state.mode === "purchase") return onDebitCommand(state, message);
      break;
    case "result":
      if (!isBrowsing) return finish(state, message.CC, message.CONTENT);
      break;
    default:
      break;
  }
  return lost(state, "garbled", "A00A", `${message.kind} is not expected while ${state.phase}`);
}

/** Before the page there is no transaction; a user message may do without its identifier. */
export function isOfThisSale(state: SetTopBoxState, message: Message): boolean {
  if (!state.sale || !("IDTRX" in message) || message.IDTRX === undefined) return true;
  return message.IDTRX === state.sale.IDTRX;
}

/** "Debited" (636) is shown once and the purchase goes on; any other code ends it. */
function onUserMessage(state: SetTopBoxState, { CC, TEXT }: UserMessage): SetTopBoxStep {
  const told = show(printable(TEXT));
  if (CC !== "0000") return after([told], finish(state, CC));
  if (state.toldDebited || state.phase === "browsing") return lost(state, "garbled", "A00A", "user message 0000 again");
  return go(state, { toldDebited: true }, told, { kind: "receive" });
}

/** The total is shown, and the card is not touched before the user has accepted (607). */
function onPage(state: SetTopBoxState, page: Page): SetTopBoxStep {
  const flaw = layerFlaw(page);
  if (flaw !== undefined) return lost(state, "garbled", "A001", flaw);
  const title = printable(page.TEXT);
  const shown = title === "" ? [] : [show(title)];
  return after(shown, go(state, { phase: "deciding", page, sale: page }, { kind: "ask", text: question(page), page }));
}

function onDecided(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "decided") return lost(state, "garbled", "A00A", connectionLost("garbled"));
  if (input.choice === "cancel") return stop(state, "A011", CANCELLED);
  return go(state, { phase: "connecting" }, { kind: "connect-card" });
}
