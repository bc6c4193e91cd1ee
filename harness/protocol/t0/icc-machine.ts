/**
 * T=0 as the card speaks it (ISO/IEC 7816-3, 10.3 and 12.2). The header does not tell whether P3 is Lc or Le, so the
 * application says by `caseOf` what its commands are. Response data that the header left no room for is held back for
 * GET RESPONSE (61xx) or for the same command with the right Le (6Cxx); the application acts only once.
 */
import { concat } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import type { ApduCase, CommandApdu } from "../apdu/command-apdu.ts";
import { encodeResponseApdu, type ResponseApdu, responseApdu } from "../apdu/response-apdu.ts";
import { bytesAvailable, sw, wrongLe } from "../apdu/status-word.ts";
import { commandOf, GET_RESPONSE, HEADER_LENGTH, isStatusOpening, NULL_BYTE, type Tpdu } from "./tpdu.ts";

/** The case of the command with that header; 1 for commands that the card does not know. */
export type CaseOf = (header: Tpdu) => ApduCase;

export type T0IccPhase =
  | { readonly kind: "header" }
  | { readonly kind: "data"; readonly tpdu: Tpdu; readonly apduCase: ApduCase }
  | { readonly kind: "working"; readonly tpdu: Tpdu; readonly apduCase: ApduCase };

export interface T0IccState {
  readonly caseOf: CaseOf;
  readonly phase: T0IccPhase;
  /** Bytes of the header or data field so far. */
  readonly pending: Uint8Array;
  /** Response that could not be sent yet, and the command that may fetch it (undefined: GET RESPONSE). */
  readonly held: { readonly response: ResponseApdu; readonly by: Tpdu | undefined } | undefined;
}

export type T0IccEvent =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** The application's answer. Only while it works on a command. */
  | { readonly kind: "reply"; readonly response: ResponseApdu }
  /** The application needs more time: sends NULL. */
  | { readonly kind: "wait" };

export type T0IccAction =
  | { readonly kind: "transmit"; readonly bytes: Uint8Array }
  | { readonly kind: "deliver"; readonly apdu: CommandApdu }
  | { readonly kind: "ignore"; readonly reason: string };

export interface T0IccStep {
  readonly state: T0IccState;
  readonly actions: readonly T0IccAction[];
}

const NOTHING = new Uint8Array(0);
const HEADER: T0IccPhase = { kind: "header" };

export function startT0Icc(caseOf: CaseOf): T0IccState {
  return { caseOf, phase: HEADER, pending: NOTHING, held: undefined };
}

/** One step. Never throws for what comes over the line. */
export function stepT0Icc(state: T0IccState, event: T0IccEvent): T0IccStep {
  switch (event.kind) {
    case "bytes":
      return onBytes(state, event.bytes);
    case "reply":
      if (state.phase.kind !== "working") return ignore(state, "a reply while no command waits for one");
      return onReply(state, state.phase.tpdu, state.phase.apduCase, event.response);
    case "wait":
      if (state.phase.kind !== "working") return ignore(state, "no command waits");
      return { state, actions: [transmit(Uint8Array.of(NULL_BYTE))] };
    default:
      return unreachable(event);
  }
}

function onBytes(state: T0IccState, bytes: Uint8Array): T0IccStep {
  const { phase } = state;
  if (phase.kind === "working") return ignore(state, "bytes while the answer is being made");
  const wanted = phase.kind === "header" ? HEADER_LENGTH : phase.tpdu.p3;
  const pending = concat(state.pending, bytes);
  if (pending.length < wanted) return { state: { ...state, pending }, actions: [] };
  // The interface device sends nothing more before a procedure byte: what is there beyond is noise.
  const whole = pending.subarray(0, wanted);
  const next: T0IccState = { ...state, pending: NOTHING };
  if (phase.kind === "data") return deliver(next, phase.tpdu, phase.apduCase, whole);
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, p3 = 0] = whole;
  return onHeader(next, { cla, ins, p1, p2, p3 });
}

function onHeader(state: T0IccState, tpdu: Tpdu): T0IccStep {
  if (isStatusOpening(tpdu.ins)) return answer({ ...state, held: undefined }, responseApdu(sw("INS_NOT_SUPPORTED")));
  const { held } = state;
  if (held !== undefined && fetches(tpdu, held.by)) return onFetch(state, tpdu, held.response);
  const forgotten: T0IccState = { ...state, held: undefined };
  const apduCase = state.caseOf(tpdu);
  // An application may have a GET RESPONSE of its own, for what did not fit into one answer.
  const isUnknownFetch = tpdu.ins === GET_RESPONSE && apduCase !== 2;
  if (isUnknownFetch) return answer(forgotten, responseApdu(sw("CONDITIONS_NOT_SATISFIED")));
  if ((apduCase === 3 || apduCase === 4) && tpdu.p3 > 0) {
    const waiting: T0IccState = { ...forgotten, phase: { kind: "data", tpdu, apduCase } };
    return { state: waiting, actions: [transmit(Uint8Array.of(tpdu.ins))] };
  }
  return deliver(forgotten, tpdu, apduCase, NOTHING);
}

function deliver(state: T0IccState, tpdu: Tpdu, apduCase: ApduCase, data: Uint8Array): T0IccStep {
  const le = apduCase === 2 ? tpdu.p3 || 256 : apduCase === 4 ? 256 : undefined;
  const working: T0IccState = { ...state, phase: { kind: "working", tpdu, apduCase } };
  return { state: working, actions: [{ kind: "deliver", apdu: commandOf(tpdu, data, le) }] };
}

function onReply(state: T0IccState, tpdu: Tpdu, apduCase: ApduCase, response: ResponseApdu): T0IccStep {
  const { length } = response.data;
  if (length === 0) return answer(state, response);
  if (apduCase !== 2) {
    const held: T0IccState = { ...state, held: { response, by: undefined } };
    return answer(held, responseApdu(bytesAvailable(length)));
  }
  if (length === (tpdu.p3 || 256)) return answerWithData(state, tpdu.ins, response);
  return answer({ ...state, held: { response, by: tpdu } }, responseApdu(wrongLe(length)));
}

/** The held response goes out when the length is right; a shorter GET RESPONSE takes the first part of it. */
function onFetch(state: T0IccState, tpdu: Tpdu, response: ResponseApdu): T0IccStep {
  const wanted = tpdu.p3 || 256;
  const { length } = response.data;
  if (wanted === length) return answerWithData({ ...state, held: undefined }, tpdu.ins, response);
  if (wanted > length || tpdu.ins !== GET_RESPONSE) return answer(state, responseApdu(wrongLe(length)));
  const rest = responseApdu(response.sw, response.data.subarray(wanted));
  const part = responseApdu(bytesAvailable(rest.data.length), response.data.subarray(0, wanted));
  return answerWithData({ ...state, held: { response: rest, by: undefined } }, tpdu.ins, part);
}

/**
 * GET RESPONSE may have any class; the repeated command must be the same but for P3 (with
 * the same P3 it is a new command).
 */
function fetches(tpdu: Tpdu, by: Tpdu | undefined): boolean {
  if (by === undefined) return tpdu.ins === GET_RESPONSE && tpdu.p1 === 0 && tpdu.p2 === 0;
  return tpdu.cla === by.cla && tpdu.ins === by.ins && tpdu.p1 === by.p1 && tpdu.p2 === by.p2 && tpdu.p3 !== by.p3;
}

function answer(state: T0IccState, response: ResponseApdu): T0IccStep {
  return { state: { ...state, phase: HEADER }, actions: [transmit(encodeResponseApdu(response))] };
}

function answerWithData(state: T0IccState, ins: number, response: ResponseApdu): T0IccStep {
  const bytes = concat(Uint8Array.of(ins), encodeResponseApdu(response));
  return { state: { ...state, phase: HEADER }, actions: [transmit(bytes)] };
}

function transmit(bytes: Uint8Array): T0IccAction {
  return { kind: "transmit", bytes };
}

function ignore(state: T0IccState, reason: string): T0IccStep {
  return { state, actions: [{ kind: "ignore", reason }] };
}
