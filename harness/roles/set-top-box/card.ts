import {
  encodeGetPreviousSignatureCommand,
  parseGetPreviousSignatureResponse,
} from "../../protocol/messages/get-previous-signature.ts";
import { encodeInitializeIepCommand } from "../../protocol/messages/initialize-iep.ts";
import {
  encodeSelectCommand,
  type PurseIdentity,
  parseSelectPurseResponse,
} from "../../protocol/messages/select-purse.ts";
import { readLog } from "./card-log.ts";
import { cardFailed, noCard, noPurse, outOfTurn } from "./card-trouble.ts";
import { show } from "./conclude.ts";
import { answered } from "./debit.ts";
import { INSERT_CARD, OTHER_CARD } from "./display.ts";
import { refused, unresolved } from "./endings.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import { creditAnswered } from "./load-command.ts";
import { initialiseSameCard } from "./load-initialise.ts";
import { readBalance } from "./load-read.ts";
import { forgotten, isSameCard, needsCard, type Pending, remembered, withAnswer } from "./pending.ts";
import { withLoadAnswer } from "./pending-load.ts";
import { identifierOf, type SetTopBoxMode, type SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** The transaction number asked for is not the last one that the card has completed. */
const NO_SUCH_TRANSACTION = 0x9406;

const NOTHING = new Uint8Array(0);

/** Sessions that nobody asked for: no card is waited for. */
const RECOVERIES: ReadonlySet<SetTopBoxMode> = new Set(["recovery", "load-recovery"]);

/** The card is to be powered, or was just looked for. */
export function onConnecting(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  switch (input.kind) {
    case "card-connected":
      return go(state, { phase: "selecting", ATR: input.ATR }, { kind: "command", bytes: encodeSelectCommand() });
    case "card-absent":
      if (state.reconnected || RECOVERIES.has(state.mode)) return noCard(state);
      return go(state, { phase: "inserting" }, show(INSERT_CARD), { kind: "await-card" });
    case "card-failed":
      return cardFailed(state, input);
    default:
      return outOfTurn(state, input);
  }
}

/** The user may put the card in before, while or after browsing. */
export function onInserting(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind === "card-failed") return cardFailed(state, input);
  if (input.kind !== "card-present") return noCard(state);
  return go(state, { phase: "connecting", reconnected: true }, { kind: "connect-card" });
}

export function onSelected(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind === "card-failed" && input.isLost && !state.reconnected && state.goal === "information") {
    // a contact kept from the purchase before, and the card was changed since
    return go(state, { phase: "connecting", reconnected: true }, { kind: "release-card" }, { kind: "connect-card" });
  }
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseSelectPurseResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "SELECT");
  if (state.mode === "log") return readLog(state);
  if (state.goal === "signature") return askSameCard(state, result.value);
  return state.load?.LOADINIT ? initialiseSameCard(state, result.value) : secureOlder(state, result.value);
}

/** An older answer that only this card knows is read before a new transaction can replace it. */
function secureOlder(state: SetTopBoxState, identity: PurseIdentity): SetTopBoxStep {
  const { PPIEP, IDIEP } = identity;
  const next: SetTopBoxState = { ...state, purse: { PPIEP, IDIEP, NTIEP: 0 } };
  const older = olderOf(next);
  if (!older) return begin(next);
  return go(next, { phase: "securing" }, askForAnswer(older));
}

function askForAnswer({ NTIEP, kind }: Pending): SetTopBoxOutput {
  return { kind: "command", bytes: encodeGetPreviousSignatureCommand(NTIEP, kind ?? "purchase") };
}

function olderOf({ pending, purse }: SetTopBoxState): Pending | undefined {
  return purse && pending.findLast((each) => each.CARDRSP === null && isSameCard(each, purse));
}

export function onSecured(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const older = olderOf(state);
  if (input.kind !== "card-answer" || !older) return outOfTurn(state, input);
  const result = parseGetPreviousSignatureResponse(input.bytes);
  if (result.kind === "answer") return secured(state, withCardAnswer(older, result.value.CARDRSP));
  if (result.kind !== "refused" || result.SW !== NO_SUCH_TRANSACTION) return begin(state);
  if (older.kind === "load") return secured(state, withCardAnswer(older, NOTHING)); // its hold is open all the same
  const { IDTRX } = older;
  const dropped = { kind: "log", entry: "pending-dropped", IDTRX, fields: { SW: "9406" } } as const;
  return after([{ kind: "forget", IDTRX }, dropped], begin({ ...state, pending: forgotten(state.pending, IDTRX) }));
}

function secured(state: SetTopBoxState, pending: Pending): SetTopBoxStep {
  return after([{ kind: "remember", pending }], begin({ ...state, pending: remembered(state.pending, pending) }));
}

function withCardAnswer(pending: Pending, CARDRSP: Uint8Array): Pending {
  return pending.kind === "load" ? withLoadAnswer(pending, CARDRSP) : withAnswer(pending, CARDRSP);
}

/** What the card was put in for. */
function begin(state: SetTopBoxState): SetTopBoxStep {
  const { purse } = state;
  if (state.mode === "load" && purse) return readBalance({ ...state, purse: undefined }, purse);
  return go(state, { phase: "initialising" }, { kind: "command", bytes: encodeInitializeIepCommand() });
}

/** Only the card that was to be debited, or loaded, can say what became of it. */
function askSameCard(state: SetTopBoxState, identity: PurseIdentity): SetTopBoxStep {
  const wanted = state.pending.find(({ IDTRX }) => IDTRX === identifierOf(state));
  if (!wanted) return unresolved(state);
  if (!isSameCard(wanted, identity)) {
    const isWanted = !RECOVERIES.has(state.mode) || needsCard(wanted);
    return after(isWanted ? [show(OTHER_CARD)] : [], unresolved(state));
  }
  return go(state, { phase: "asking" }, askForAnswer(wanted));
}

export function onSignature(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseGetPreviousSignatureResponse(input.bytes);
  if (result.kind === "answer") return (state.load ? creditAnswered : answered)(state, result.value, 1);
  if (result.kind === "refused" && result.SW === NO_SUCH_TRANSACTION) return refused(state, "9406", 1);
  return noPurse(state, result, "GET PREVIOUS IEP SIGNATURE");
}
