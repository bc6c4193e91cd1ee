/** The load command (893): given to the card once, and never with another amount than the user's. */
import { encodeCreditIepCommand, parseCreditIepResponse } from "../../protocol/messages/credit-iep.ts";
import type { DebitAnswer } from "../../protocol/messages/debit-iep.ts";
import type { LoadCommand } from "../../protocol/messages/layouts.ts";
import { readLoadData } from "../../protocol/messages/load-data.ts";
import { log } from "./conclude.ts";
import { askForSignature, hexSW, isPlainRefusal, torn } from "./debit.ts";
import { sentences } from "./display.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import { lostLoad, refusedLoad, respond, stopLoad, unresolvedLoad } from "./load-conclude.ts";
import { LOAD_REFUSED } from "./load-display.ts";
import { loadOf, remembered } from "./pending.ts";
import { withLoadAnswer } from "./pending-load.ts";
import { identifierOf, type SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** Asking more often would not change the card's answer. */
const MOST_QUESTIONS = 2;

/** Loads the card, or, when that was done already, asks it for what it answered then (A9). */
export function onLoadCommand(state: SetTopBoxState, { LOADDATA }: LoadCommand): SetTopBoxStep {
  if (!state.executed) return giveCredit(state, LOADDATA);
  if (state.asked >= MOST_QUESTIONS) return lostLoad(state, "garbled", "A00A", "one load command too many");
  if (state.debit.kind !== "refused") return askForSignature(state);
  return refusedLoad({ ...state, asked: state.asked + 1 }, state.debit.SW, 0);
}

/** CREDIT IEP, once in a session (881). */
function giveCredit(state: SetTopBoxState, LOADDATA: Uint8Array): SetTopBoxStep {
  const { terms, MLDA } = state.load ?? {};
  const read = readLoadData(LOADDATA);
  if (
    !read.ok ||
    !terms ||
    read.value.MLDA !== MLDA ||
    read.value.CURRLDA !== terms.CURRLDA ||
    read.value.CEXPLDA !== terms.CEXPLDA
  ) {
    const trouble = {
      kind: "trouble",
      owner: "server",
      text: "load command with another amount than the user's",
    } as const;
    return after([trouble], stopLoad(state, "A001", LOAD_REFUSED));
  }
  const command = log(state, "load-command", "881", {
    MLDA,
    CURRLDA: terms.CURRLDA,
    NTIEP: state.purse?.NTIEP ?? null,
  });
  const bytes = encodeCreditIepCommand(LOADDATA);
  return go(state, { phase: "crediting", executed: true }, command, { kind: "command", bytes });
}

/** What came of CREDIT IEP (882). */
export function onCreditAnswer(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind === "card-failed") return input.mayHaveArrived ? torn(state, input) : neverCredited(state);
  if (input.kind !== "card-answer") return unresolvedLoad(state);
  const result = parseCreditIepResponse(input.bytes);
  if (result.kind === "answer") return creditAnswered(state, result.value, 0);
  if (isPlainRefusal(result, input.bytes)) return refusedLoad(state, hexSW(result.SW), 0);
  const text = result.kind === "malformed" ? result.reason : `status word ${hexSW(result.SW)} is none of CREDIT IEP`;
  return torn(state, { owner: "card", text: `answer to CREDIT IEP: ${text}` });
}

/** The card had gone before CREDIT IEP could be sent: the head end may still be told so (E6). */
function neverCredited(state: SetTopBoxState): SetTopBoxStep {
  const stopped = stopLoad({ ...state, executed: false }, "A016", sentences(state.mode).cardTaken);
  return after([{ kind: "release-card" }], stopped);
}

/** The card has completed: its answer is kept before it is passed on (882, 894), or, in a recovery, said first. */
export function creditAnswered(
  state: SetTopBoxState,
  { fields, CARDRSP }: DebitAnswer,
  RECOVERED: 0 | 1,
): SetTopBoxStep {
  const kept = loadOf(state.pending, identifierOf(state));
  const pending = kept && withLoadAnswer(kept, CARDRSP);
  const next: SetTopBoxState = {
    ...state,
    debit: { kind: "answered", CARDRSP, CC: fields.CC, BALIEP: fields.BALIEP },
    pending: pending ? remembered(state.pending, pending) : state.pending,
  };
  const done: SetTopBoxOutput[] = [
    ...(pending ? [{ kind: "remember", pending } as const] : []),
    log(state, "load-response", "882", { CC: fields.CC, SW: "9000" }),
  ];
  if (state.mode === "load-recovery") return go(next, { phase: "opening" }, ...done, { kind: "open" });
  return after(done, respond(next, CARDRSP, "9000", RECOVERED));
}
