/** The card is initialised for load (876): with the user's amount once, with zero where it has to prove its state (load.md 5). */
import {
  encodeInitializeLoadCommand,
  type InitializeLoadAnswer,
  parseInitializeLoadResponse,
} from "../../protocol/messages/initialize-load.ts";
import type { InitialiseLoad } from "../../protocol/messages/layouts.ts";
import { readLoadInit } from "../../protocol/messages/load-init.ts";
import type { PurseIdentity } from "../../protocol/messages/select-purse.ts";
import { noPurse, outOfTurn } from "./card-trouble.ts";
import { send, show } from "./conclude.ts";
import { OTHER_CARD } from "./display.ts";
import { stop } from "./endings.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import { breakOff, listen, stopLoad } from "./load-conclude.ts";
import { LOAD_REFUSED } from "./load-display.ts";
import { isSameCard, loadOf, remembered } from "./pending.ts";
import { pendingLoad } from "./pending-load.ts";
import { identifierOf, type SetTopBoxState, withLoad } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** The load request, a zero value request and a challenge, and one of them again. */
const MOST_INITIALISATIONS = 4;

/** Only what the user asked for, or nothing at all, is asked of the card (A6). */
export function onInitialiseLoad(state: SetTopBoxState, { LOADINIT }: InitialiseLoad): SetTopBoxStep {
  const flaw = requestFlaw(state, LOADINIT);
  if (flaw !== undefined) {
    return after([{ kind: "trouble", owner: "server", text: flaw }], stopLoad(state, "A001", LOAD_REFUSED));
  }
  const change = { phase: "connecting", goal: "information", reconnected: false } as const;
  return go(withLoad(state, { LOADINIT }), change, { kind: "connect-card" });
}

function requestFlaw(state: SetTopBoxState, LOADINIT: Uint8Array): string | undefined {
  const { terms, MLDA, initialised = 0 } = state.load ?? {};
  const read = readLoadInit(LOADINIT);
  if (!read.ok) return `load request: ${read.reason}`;
  const asked = read.value;
  if (initialised >= MOST_INITIALISATIONS) return "one load request too many";
  if (asked.CURRLDA !== terms?.CURRLDA || asked.CEXPLDA !== terms.CEXPLDA) return "load request in another currency";
  if (asked.MLDA === 0) return undefined;
  if (asked.MLDA !== MLDA) return "load request with another amount than the user's";
  if (asked.IDTRX !== terms.IDTRX) return "load request of another transaction";
  return loadOf(state.pending, terms.IDTRX) ? "the user's amount was asked of the card before" : undefined;
}

/** The card that was read, and no other one. */
export function initialiseSameCard(state: SetTopBoxState, identity: PurseIdentity): SetTopBoxStep {
  const { card, LOADINIT, initialised = 0 } = state.load ?? {};
  if (!card || !LOADINIT) return stop(state, "A016", "cardFailed");
  if (!isSameCard(card, identity)) return otherCard(state);
  const next = withLoad(state, { initialised: initialised + 1 });
  return go(next, { phase: "load-initialising" }, { kind: "command", bytes: encodeInitializeLoadCommand(LOADINIT) });
}

function otherCard(state: SetTopBoxState): SetTopBoxStep {
  if (state.executed || state.mode === "load-recovery") return after([show(OTHER_CARD)], breakOff(state, "A016"));
  return stop(state, "A016", "otherCard");
}

/** What the card signed goes to the load server (A7). The load is kept from now on: there may be a command for it. */
export function onLoadInitialised(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind !== "card-answer") return outOfTurn(state, input);
  const result = parseInitializeLoadResponse(input.bytes);
  if (result.kind !== "answer") return noPurse(state, result, "INITIALIZE IEP for load");
  const { ATR } = state;
  const IDTRX = identifierOf(state);
  if (!ATR || IDTRX === undefined) return stop(state, "A016", "cardFailed");
  const { next, kept } = isOwn(state)
    ? withOwn(state, result.value)
    : { next: withProof(state, result.value), kept: [] };
  const { LOADRSP } = result.value;
  const message = { kind: "load-card-information", IDTRX, ATR, LOADRSP } as const;
  return listen(withLoad(next, { LOADINIT: undefined }), ...kept, send(message));
}

/** Is it initialised with the user's amount, and not with zero? */
function isOwn({ load }: SetTopBoxState): boolean {
  const read = load?.LOADINIT && readLoadInit(load.LOADINIT);
  return read?.ok === true && read.value.MLDA !== 0;
}

function withOwn(state: SetTopBoxState, { fields, LOADRSP }: InitializeLoadAnswer) {
  const { terms, MLDA, LOADINIT } = state.load ?? {};
  const { PPIEP, IDIEP, NTIEP } = fields;
  const purse = { PPIEP, IDIEP, NTIEP };
  const pending = terms && MLDA !== undefined && LOADINIT && pendingLoad(terms, { MLDA, LOADINIT, LOADRSP, ...purse });
  const next: SetTopBoxState = { ...state, purse };
  if (!pending) return { next, kept: [] };
  const kept: readonly SetTopBoxOutput[] = [{ kind: "remember", pending }];
  return { next: { ...next, pending: remembered(state.pending, pending) }, kept };
}

/** A card that still has the number of the load did not execute its command: that much the set-top box knows by itself. */
function withProof(state: SetTopBoxState, { fields }: InitializeLoadAnswer): SetTopBoxState {
  const kept = loadOf(state.pending, identifierOf(state));
  const isUnused = state.debit.kind === "unknown" && kept?.NTIEP === fields.NTIEP;
  return isUnused ? { ...state, debit: { kind: "refused", SW: "9406" } } : state;
}
