import { uintToBytes } from "../../core/bytes.ts";
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import { type DebitAnswer, encodeDebitIepCommand, parseDebitIepResponse } from "../../protocol/messages/debit-iep.ts";
import { finish, log, refused, send, show, unresolved } from "./conclude.ts";
import { type Sentences, sentences } from "./display.ts";
import { stop } from "./endings.ts";
import type { CardFailure, SetTopBoxInput, SetTopBoxOutput } from "./events.ts";
import { answerOf, debitOf, forgotten, layerElements, remembered, withAnswer } from "./pending.ts";
import type { SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

/** Place of MPDA in DEBITDATA (card-edge.md 5.3). */
const MPDA_OFFSET = 11;

/** DEBITDATA with the amount that the merchant's page named and the user accepted (618, [0082]). */
export function overwriteAmount(DEBITDATA: Uint8Array, MPDA: number): Uint8Array {
  const overwritten = DEBITDATA.slice();
  overwritten.set(uintToBytes(MPDA, 4), MPDA_OFFSET);
  return overwritten;
}

/** DEBIT IEP, once in a session (618). */
export function giveDebit(state: SetTopBoxState): SetTopBoxStep {
  const { page, command } = state;
  if (!page || !command) return finish(state, "A00A");
  const bytes = encodeDebitIepCommand(overwriteAmount(command.DEBITDATA, page.MPDA));
  return go(state, { phase: "debiting", executed: true }, { kind: "command", bytes });
}

/** What came of DEBIT IEP (620). */
export function onDebitAnswer(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  if (input.kind === "card-failed") return input.mayHaveArrived ? torn(state, input) : neverDebited(state, "cardTaken");
  if (input.kind !== "card-answer") return unresolved(state);
  const result = parseDebitIepResponse(input.bytes);
  if (result.kind === "answer") return answered(state, result.value, 0);
  if (isPlainRefusal(result, input.bytes)) return refused(state, hexSW(result.SW), 0);
  const text = result.kind === "malformed" ? result.reason : `status word ${hexSW(result.SW)} is none of DEBIT IEP`;
  return torn(state, { owner: "card", text: `answer to DEBIT IEP: ${text}` });
}

/**
 * Status words with which DEBIT IEP says that it changed nothing (card-edge.md 4). 6985 is none of them: a card says it also
 * when the command reaches it a second time, after the debit.
 */
const PLAIN_REFUSALS = new Set([0x6e00, 0x6d00, 0x6a86, 0x6700, 0x9303, 0x9302, 0x6581]);

/** Any other answer may be one that was damaged on its way: then only the card's signature tells. */
export function isPlainRefusal(
  result: CommandResult<DebitAnswer>,
  response: Uint8Array,
): result is { kind: "refused"; SW: number } {
  return result.kind === "refused" && response.length === 2 && PLAIN_REFUSALS.has(result.SW);
}

/** The card has completed: its answer is kept before it is passed on (620, 621). */
export function answered(state: SetTopBoxState, { fields, CARDRSP }: DebitAnswer, RECOVERED: 0 | 1): SetTopBoxStep {
  const sale = state.sale;
  const kept = debitOf(state.pending, sale?.IDTRX);
  if (!sale) return finish(state, "A00A");
  const pending = kept && withAnswer(kept, CARDRSP);
  const next: SetTopBoxState = {
    ...state,
    debit: { kind: "answered", CARDRSP, CC: fields.CC, BALIEP: fields.BALIEP },
    pending: pending ? remembered(state.pending, pending) : state.pending,
  };
  const done: SetTopBoxOutput[] = [
    ...(pending ? [{ kind: "remember", pending } as const] : []),
    log(state, "debit-response", "620", { CC: fields.CC, SW: "9000" }),
  ];
  if (state.mode === "recovery") return go(next, { phase: "opening" }, ...done, { kind: "open" });
  const message = { kind: "debit-response", IDTRX: sale.IDTRX, CARDRSP, SW: "9000", RECOVERED } as const;
  return go(next, { phase: "concluding" }, ...done, send(message), { kind: "receive" });
}

/** GET PREVIOUS IEP SIGNATURE, from the same card, in the reader now or put back in time. */
export function askForSignature(state: SetTopBoxState): SetTopBoxStep {
  const change = { phase: "connecting", goal: "signature", reconnected: false, asked: state.asked + 1 } as const;
  return go(state, change, { kind: "connect-card" });
}

/** Sent, and no usable answer: only the card can say what came of it. */
export function torn(state: SetTopBoxState, { owner, text }: Pick<CardFailure, "owner" | "text">): SetTopBoxStep {
  const told: SetTopBoxOutput[] = [
    { kind: "trouble", owner, text },
    show(sentences(state.mode).cardTorn),
    { kind: "release-card" },
  ];
  return after(told, askForSignature({ ...state, debit: { kind: "unknown" } }));
}

/** The card had gone before DEBIT IEP could be sent: nothing to recover. */
export function neverDebited(state: SetTopBoxState, why: keyof Sentences): SetTopBoxStep {
  const IDTRX = state.sale?.IDTRX ?? "";
  const next = { ...state, pending: forgotten(state.pending, IDTRX) };
  return after([{ kind: "forget", IDTRX }, { kind: "release-card" }], stop(next, "A016", why));
}

/** The first message of a recovery: the card's answer, known from then or read again (messages.md 2). */
export function recoveryMessage(state: SetTopBoxState): SetTopBoxStep {
  const pending = debitOf(state.pending, state.sale?.IDTRX);
  const CARDRSP = pending && answerOf(pending);
  if (!pending || !CARDRSP) return finish(state, "A01A");
  const { IDTRX, IDMER, HOST, PORT, URL } = pending;
  const sale = { IDTRX, IDMER, HOST, PORT, URL };
  const message = { kind: "recovery", ...sale, CARDRSP, SW: "9000", ...layerElements(pending) } as const;
  return go(state, { phase: "concluding" }, send(message), { kind: "receive" });
}

export function hexSW(SW: number): string {
  return SW.toString(16).toUpperCase().padStart(4, "0");
}
