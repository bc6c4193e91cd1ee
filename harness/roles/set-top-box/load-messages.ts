/** What the head end says in a load (load.md 2), in whatever order: what does not fit ends the load. */
import type { Message, ResultMessage, UserMessage } from "../../protocol/messages/layouts.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import { send, show } from "./conclude.ts";
import { printable } from "./display.ts";
import type { SetTopBoxInput } from "./events.ts";
import { onLoadPage } from "./load-amount.ts";
import { onLoadCommand } from "./load-command.ts";
import { breakOff, finishLoad, listen, lostLoad } from "./load-conclude.ts";
import { onInitialiseLoad } from "./load-initialise.ts";
import { readCard } from "./load-read.ts";
import type { LoadState } from "./load-state.ts";
import { loadOf } from "./pending.ts";
import { loadRecoveryMessage } from "./pending-load.ts";
import { identifierOf, type SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** First message of a channel: the user's choice (871), or what an earlier load left open. */
export function openLoad(state: SetTopBoxState, load: LoadState): SetTopBoxStep {
  if (load.order) {
    const { SESSION, SITE, ACCOUNT } = load.order;
    return listen(state, send({ kind: "load-selection", SESSION, SITE, ACCOUNT }));
  }
  const kept = loadOf(state.pending, identifierOf(state));
  const message = kept && loadRecoveryMessage(kept);
  return message ? listen(state, send(message)) : breakOff(state, "A01A");
}

export function onLoadInput(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "head-end") return lostLoad(state, "garbled", "A00A", `"${input.kind}" instead of a message`);
  return onLoadMessage(state, input.message);
}

function onLoadMessage(state: SetTopBoxState, message: Message | Unrecognised): SetTopBoxStep {
  if (message.kind === "unrecognised") return lostLoad(state, "garbled", "A001", message.reason);
  if (!isOfThisLoad(state, message))
    return lostLoad(state, "garbled", "A00A", `${message.kind} of another transaction`);
  switch (message.kind) {
    case "user-message":
      return onUserMessage(state, message);
    case "result":
      return onResult(state, message);
    case "card-information-request":
      if (isDue.cardInformation(state)) return readCard(state, message.SOURCE);
      break;
    case "load-page":
      if (isDue.page(state)) return onLoadPage(state, message);
      break;
    case "initialise-load":
      if (isDue.initialisation(state)) return onInitialiseLoad(state, message);
      break;
    case "load-command":
      if (isDue.command(state)) return onLoadCommand(state, message);
      break;
    default:
      break;
  }
  return unexpected(state, message.kind);
}

function unexpected(state: SetTopBoxState, what: string): SetTopBoxStep {
  return lostLoad(state, "garbled", "A00A", `${what} is not expected now`);
}

/** What may come, by what has been: each step of a load needs the one before. */
const isDue = {
  cardInformation: ({ mode, load }: SetTopBoxState) => mode === "load" && load?.SOURCE === undefined,
  page: ({ load }: SetTopBoxState) => load?.balance !== undefined && load.terms === undefined,
  initialisation: ({ load }: SetTopBoxState) => load?.MLDA !== undefined,
  command: ({ mode, pending, load }: SetTopBoxState) =>
    mode === "load" && loadOf(pending, load?.terms?.IDTRX) !== undefined,
} as const;

/** Before the page there is no transaction; a user message may do without its identifier. */
function isOfThisLoad(state: SetTopBoxState, message: Message): boolean {
  const IDTRX = identifierOf(state);
  if (IDTRX === undefined || !("IDTRX" in message) || message.IDTRX === undefined) return true;
  return message.IDTRX === IDTRX;
}

/** "Loaded" is said once at most, and the load goes on; any other code ends it. */
function onUserMessage(state: SetTopBoxState, { CC, TEXT }: UserMessage): SetTopBoxStep {
  const told = show(printable(TEXT));
  if (CC !== "0000") return after([told], finishLoad(state, CC));
  if (state.toldDebited || state.debit.kind === "none") return unexpected(state, "user message 0000");
  return go(state, { toldDebited: true }, told, { kind: "receive" });
}

function onResult(state: SetTopBoxState, { CC, CONTENT }: ResultMessage): SetTopBoxStep {
  return state.load?.terms ? finishLoad(state, CC, CONTENT) : unexpected(state, "result");
}
