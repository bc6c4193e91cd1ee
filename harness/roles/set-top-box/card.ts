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
import { cardFailed, noCard, noPurse, outOfTurn } from "./card-trouble.ts";
import { refused, show, unresolved } from "./conclude.ts";
import { answered } from "./debit.ts";
import { INSERT_CARD, OTHER_CARD } from "./display.ts";
import type { SetTopBoxInput } from "./events.ts";
import { forgotten, isSameCard, type PendingDebit, remembered, withAnswer } from "./pending.ts";
import type { SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** The transaction number asked for is not the last one that the card has completed. */
const NO_SUCH_TRANSACTION = 0x9406;

/** The card is to be powered, or was just looked for. */
export function onConnecting(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  switch (input.kind) {
    case "card-connected":
      return go(state, { phase: "selecting", ATR: input.ATR }, { kind: "command", bytes: encodeSelectCommand() });
    case "card-absent":
      if (state.reconnected || state.mode === "recovery") return noCard(state);
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
  return state.goal === "information" ? secureOlder(state, result.value) : askSameCard(state, result.value);
}

/** An older answer that only this card knows is read before a new transaction can replace it. */
function secureOlder(state: SetTopBoxState, identity: PurseIdentity): SetTopBoxStep {
  const { PPIEP, IDIEP } = identity;
  const next: SetTopBoxState = { ...state, purse: { PPIEP, IDIEP, NTIEP: 0 } };
  const older = olderOf(next);
  if (!older) return initialise(next);
  return go(next, { phase: "securing" }, { kind: "command", bytes: encodeGetPreviousSignatureCommand(older.NTIEP) });
}

function olderOf({ pending, purse }: SetTopBoxState): PendingDebit | undefined {
  return purse && pending.findLast((each) => each.CARDRSP === null && isSameCard(each, purse));
}

export function onSecured(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const older = olderOf(state);
  if (input.kind !== "card-answer" || !older) return outOfTurn(state, input);
  const result = parseGetPreviousSignatureResponse(input.bytes);
  if (result.kind === "answer") {
    const pending = withAnswer(older, result.value.CARDRSP);
    return after(
      [{ kind: "remember", pending }],
      initialise({ ...state, pending: remembered(state.pending, pending) }),
    );
  }
  if (result.kind !== "refused" || result.SW !== NO_SUCH_TRANSACTION) return initialise(state);
  const { IDTRX } = older;
  const dropped = { kind: "log", entry: "pending-dropped", IDTRX, fields: { SW: "9406" } } as const;
  return after(
    [{ kind: "forget", IDTRX }, dropped],
    initialise({ ...state, pending: forgotten(state.pending, IDTRX) }),
  );
}

function initialise(state: SetTopBoxState): SetTopBoxStep {
  return go(state, { phase: "initialising" }, { kind: "command", bytes: encodeInitializeIepCommand() });
}

/** Only the card that was to be debited can say what became of it. */
function askSameCard(state: SetTopBoxState, identity: PurseIdentity): SetTopBoxStep {
  const wanted = state.pending.find(({ IDTRX }) => IDTRX === state.sale?.IDTRX);
  if (!wanted) return unresolved(state);
  if (!isSameCard(wanted, identity)) return after([show(OTHER_CARD)], unresolved(state));
  return go(state, { phase: "asking" }, { kind: "command", bytes: encodeGetPreviousSignatureCommand(wanted.NTIEP) });
}

export function onSignature(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseGetPreviousSignatureResponse(input.bytes);
  if (result.kind === "answer") return answered(state, result.value, 1);
  if (result.kind === "refused" && result.SW === NO_SUCH_TRANSACTION) return refused(state, "9406", 1);
  return noPurse(state, result, "GET PREVIOUS IEP SIGNATURE");
}
