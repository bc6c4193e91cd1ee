/** How a load ends at the set-top box (load.md 2): what is kept, what the head end still hears, what the user is told. */
import type { LoadResponse } from "../../protocol/messages/layouts.ts";
import { log, mayBeDebited, send, show } from "./conclude.ts";
import { connectionLost } from "./display.ts";
import type { HeadEndLoss, SetTopBoxOutput } from "./events.ts";
import {
  KEPT_LOADED,
  KEPT_NOT_LOADED,
  LOAD_UNCERTAIN,
  loaded,
  loadedEarlier,
  NOT_LOADED,
  notLoadedEarlier,
  openEarlier,
} from "./load-display.ts";
import { forgotten, isSettled, loadOf, remembered } from "./pending.ts";
import { isLoaded, withLoadAnswer } from "./pending-load.ts";
import { identifierOf, type SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** No transaction yet: what an E6 before the load page is about (load.md 2). */
const NO_IDTRX = "0".repeat(32);
const NOTHING = new Uint8Array(0);

/** No load occurred (load.md 8): like a code of the card's own it speaks of the card. */
const NOT_OCCURRED = "A023";

/** Waits for what the head end says next. */
export function listen(state: SetTopBoxState, ...outputs: readonly SetTopBoxOutput[]): SetTopBoxStep {
  return go(state, { phase: "load-listening" }, ...outputs, { kind: "receive" });
}

/** The head end has spoken its last word (E7, E8). */
export function finishLoad(state: SetTopBoxState, saidCC: string, CONTENT?: string): SetTopBoxStep {
  if (state.debit.kind === "unknown" || isContradicted(state, saidCC)) return end(state, "A01A", true, CONTENT);
  return end(state, saidCC, !isSettled(saidCC), CONTENT);
}

/** Nobody has spoken a last word: what was begun stays kept. */
export function breakOff(state: SetTopBoxState, CC: string): SetTopBoxStep {
  return end(state, mayBeDebited(state) ? "A01A" : CC, true);
}

/**
 * The head end says of the card what the card itself denies. In a recovery a card that knows nothing of the load any more
 * denies nothing: it may have done other things since.
 */
function isContradicted({ debit, mode }: SetTopBoxState, CC: string): boolean {
  const saysLoaded = CC === "0000";
  if (!saysLoaded && CC.startsWith("A") && CC !== NOT_OCCURRED) return false;
  if (debit.kind === "answered") return (debit.CC === "0000") !== saysLoaded;
  return mode === "load" && saysLoaded;
}

function end(state: SetTopBoxState, CC: string, isLeftOpen: boolean, CONTENT?: string): SetTopBoxStep {
  const IDTRX = identifierOf(state);
  const kept = loadOf(state.pending, IDTRX);
  const outputs: SetTopBoxOutput[] = words(state, CC, isLeftOpen && kept !== undefined).map(show);
  const isOver = kept !== undefined && !isLeftOpen;
  if (isOver) outputs.push({ kind: "forget", IDTRX: kept.IDTRX });
  const pending = isOver ? forgotten(state.pending, kept.IDTRX) : state.pending;
  const outcome = { kind: "outcome", CC, IDTRX, CONTENT, MLDA: state.load?.MLDA } as const;
  return go(state, { phase: "over", pending }, ...outputs, outcome, { kind: "end" });
}

function words(state: SetTopBoxState, CC: string, isKept: boolean): readonly string[] {
  const { MLDA, terms } = state.load ?? {};
  if (MLDA === undefined || !terms) return [];
  const { debit } = state;
  const BALIEP = debit.kind === "answered" && debit.CC === "0000" ? debit.BALIEP : undefined;
  if (state.mode === "load-recovery") {
    if (isKept) return [openEarlier(MLDA, terms)];
    return [CC === "0000" ? loadedEarlier(MLDA, BALIEP, terms) : notLoadedEarlier(MLDA, terms)];
  }
  if (debit.kind === "unknown") return [LOAD_UNCERTAIN];
  if (BALIEP !== undefined) return [loaded(MLDA, BALIEP, terms), ...(isKept ? [KEPT_LOADED] : [])];
  if (isKept) return [KEPT_NOT_LOADED];
  return debit.kind === "none" ? [] : [NOT_LOADED];
}

/** Ends a load before the card was given CREDIT IEP: the head end hears why (E6). Afterwards it hears nothing more. */
export function stopLoad(state: SetTopBoxState, CC: "A001" | "A011" | "A015" | "A016", text: string): SetTopBoxStep {
  if (state.mode === "load-recovery" || state.executed) return breakOff(state, CC);
  const IDTRX = identifierOf(state) ?? NO_IDTRX;
  return after([send({ kind: "stop", IDTRX, CC }), show(text)], breakOff(state, CC));
}

/** Nothing useful comes from the head end any more. */
export function lostLoad(state: SetTopBoxState, why: HeadEndLoss | "garbled", CC: string, text: string): SetTopBoxStep {
  return after([{ kind: "trouble", owner: "server", text }, show(connectionLost(why))], breakOff(state, CC));
}

/** The card's answer is not to be had for now: an answer that is known already stays known, and is enough where it was loaded. */
export function unresolvedLoad(state: SetTopBoxState): SetTopBoxStep {
  if (state.mode === "load-recovery" && isKeptLoaded(state)) return go(state, { phase: "opening" }, { kind: "open" });
  const debit = state.debit.kind === "answered" ? state.debit : ({ kind: "unknown" } as const);
  const next: SetTopBoxState = { ...state, debit };
  return state.mode === "load-recovery" ? breakOff(next, "A01A") : respond(next, NOTHING, "0000", 0);
}

function isKeptLoaded(state: SetTopBoxState): boolean {
  const kept = loadOf(state.pending, identifierOf(state));
  return kept !== undefined && isLoaded(kept);
}

/** The card did not execute CREDIT IEP and signed nothing (882); 9406: it says so later. */
export function refusedLoad(state: SetTopBoxState, SW: string, RECOVERED: 0 | 1): SetTopBoxStep {
  const kept = loadOf(state.pending, identifierOf(state));
  // it has done other things since: what it answered then still holds
  if (state.mode === "load-recovery" && kept?.CARDRSP) return go(state, { phase: "opening" }, { kind: "open" });
  const told = kept && SW === "9406" ? withLoadAnswer(kept, NOTHING) : undefined;
  const next: SetTopBoxState = {
    ...state,
    debit: { kind: "refused", SW },
    pending: told ? remembered(state.pending, told) : state.pending,
  };
  const done: SetTopBoxOutput[] = [
    ...(told ? [{ kind: "remember", pending: told } as const] : []),
    log(state, "load-response", "882", { CC: null, SW }),
  ];
  if (state.mode === "load-recovery") return go(next, { phase: "opening" }, ...done, { kind: "open" });
  return after(done, respond(next, NOTHING, SW, RECOVERED));
}

/** The load response (894). */
export function respond(state: SetTopBoxState, CARDRSP: Uint8Array, SW: string, RECOVERED: 0 | 1): SetTopBoxStep {
  const IDTRX = identifierOf(state);
  if (IDTRX === undefined) return breakOff(state, "A00A");
  const message: LoadResponse = { kind: "load-response", IDTRX, CARDRSP, SW, RECOVERED };
  return listen(state, send(message));
}
