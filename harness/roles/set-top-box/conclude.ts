import type { Message } from "../../protocol/messages/layouts.ts";
import type { LogOutput } from "../role.ts";
import { connectionLost, debited, NOT_DEBITED, newBalance, UNCERTAIN } from "./display.ts";
import type { HeadEndLoss, SetTopBoxOutput } from "./events.ts";
import { debitOf, forgotten, isSettled, needsCard } from "./pending.ts";
import { identifierOf, type SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

const NOTHING = new Uint8Array(0);

export function show(text: string): SetTopBoxOutput {
  return { kind: "show", text };
}

export function send(message: Message): SetTopBoxOutput {
  return { kind: "send", message };
}

export function log(
  state: SetTopBoxState,
  entry: string,
  step: string | undefined,
  fields: LogOutput["fields"],
): LogOutput {
  return { kind: "log", entry, step, IDTRX: identifierOf(state), fields };
}

/** The card has debited, or may have: what became of it must not be lost. */
export function mayBeDebited({ debit }: SetTopBoxState): boolean {
  return debit.kind === "unknown" || (debit.kind === "answered" && debit.CC === "0000");
}

/** The code for the user: nothing is certain as long as the card's answer is not known to those who can judge it. */
export function finalCode(state: SetTopBoxState, CC: string): string {
  return state.debit.kind === "unknown" || isContradicted(state, CC) ? "A01A" : CC;
}

/** Where no PSAM judges (COMPARE 02, 03), a card's refusal that this card never gave was made on the way (messages.md 3a). */
function isContradicted({ debit, page }: SetTopBoxState, CC: string): boolean {
  const isJudgedElsewhere = page?.COMPARE === 2 || page?.COMPARE === 3;
  const isOfCard = CC !== "0000" && !CC.startsWith("A");
  return isJudgedElsewhere && isOfCard && debit.kind === "answered" && debit.CC === "0000";
}

/** What the user is told of the card when it is over. */
export function finalWords(state: SetTopBoxState, CC: string): readonly string[] {
  const { debit, sale } = state;
  if (!sale) return [];
  if (debit.kind === "unknown") return [UNCERTAIN];
  if (debit.kind !== "answered") return debit.kind === "refused" ? [NOT_DEBITED] : [];
  if (debit.CC !== "0000") return [NOT_DEBITED];
  const balance = newBalance(debit.BALIEP, sale);
  const told = state.toldDebited ? balance : `${debited(sale)} ${balance}`;
  return isSettled(CC) ? [told] : [told, UNCERTAIN];
}

/** Ends the session. A debit that nobody has judged yet stays remembered. */
export function finish(state: SetTopBoxState, saidCC: string, CONTENT?: string): SetTopBoxStep {
  const CC = finalCode(state, saidCC);
  const IDTRX = state.sale?.IDTRX;
  const isOpen = mayBeDebited(state) && !isSettled(CC);
  const outputs: SetTopBoxOutput[] = finalWords(state, CC).map(show);
  if (IDTRX !== undefined && !isOpen && state.pending.some((each) => each.IDTRX === IDTRX)) {
    outputs.push({ kind: "forget", IDTRX });
  }
  const pending = IDTRX === undefined || isOpen ? state.pending : forgotten(state.pending, IDTRX);
  return go(state, { phase: "over", pending }, ...outputs, { kind: "outcome", CC, IDTRX, CONTENT }, { kind: "end" });
}

/** Ends a purchase before the card was debited: the head end hears why (E6). */
export function stop(state: SetTopBoxState, CC: "A011" | "A015" | "A016", text: string): SetTopBoxStep {
  const IDTRX = state.sale?.IDTRX;
  const told = IDTRX === undefined || state.mode === "recovery" ? [] : [send({ kind: "stop", IDTRX, CC })];
  return after([...told, show(text)], finish(state, CC));
}

/** Nothing useful comes from the head end any more. */
export function lost(state: SetTopBoxState, why: HeadEndLoss | "garbled", CC: string, text: string): SetTopBoxStep {
  const told: SetTopBoxOutput[] = [{ kind: "trouble", owner: "server", text }, show(connectionLost(why))];
  return after(told, finish(state, mayBeDebited(state) ? "A01A" : CC));
}

/**
 * The card's answer is lost for now: the payment server is told so (T-result A010), the debit stays remembered. In a recovery
 * an answer that is known already is told.
 */
export function unresolved(state: SetTopBoxState): SetTopBoxStep {
  if (isAnswerKept(state)) return go(state, { phase: "opening" }, { kind: "open" });
  const next = { ...state, debit: { kind: "unknown" } as const };
  const IDTRX = state.sale?.IDTRX;
  if (state.mode === "recovery" || IDTRX === undefined) return finish(next, "A01A");
  const message = { kind: "debit-response", IDTRX, CARDRSP: NOTHING, SW: "0000", RECOVERED: 0 } as const;
  return go(next, { phase: "concluding" }, send(message), { kind: "receive" });
}

/** In a recovery: what the card answered then is known, and it need not be asked. */
function isAnswerKept({ mode, pending, sale }: SetTopBoxState): boolean {
  const kept = mode === "recovery" ? debitOf(pending, sale?.IDTRX) : undefined;
  return kept !== undefined && !needsCard(kept);
}

/** The card refused: it signed nothing and debited nothing (621). */
export function refused(state: SetTopBoxState, SW: string, RECOVERED: 0 | 1): SetTopBoxStep {
  const sale = state.sale;
  if (!sale) return finish(state, "A016");
  // it has done other things since: what it answered then still holds
  if (isAnswerKept(state)) return go(state, { phase: "opening" }, { kind: "open" });
  const { IDTRX } = sale;
  const pending = forgotten(state.pending, IDTRX);
  const next: SetTopBoxState = { ...state, pending, debit: { kind: "refused", SW } };
  const done: SetTopBoxOutput[] = [{ kind: "forget", IDTRX }, log(state, "debit-response", "620", { CC: null, SW })];
  if (state.mode === "recovery")
    return after([...done, log(state, "pending-dropped", undefined, { SW })], finish(next, SW));
  const message = { kind: "debit-response", IDTRX, CARDRSP: NOTHING, SW, RECOVERED } as const;
  return go(next, { phase: "concluding" }, ...done, send(message), { kind: "receive" });
}
