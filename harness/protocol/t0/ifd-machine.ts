/**
 * T=0 as the interface device speaks it: one command APDU becomes one or more TPDUs (ISO/IEC 7816-3, 10.3 and 12.2).
 * A pure function from state and event to the next state and actions.
 */
import { concat } from "../../core/bytes.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import { apduCase, type CommandApdu } from "../apdu/command-apdu.ts";
import { type ResponseApdu, responseApdu } from "../apdu/response-apdu.ts";
import { isStatusWord, type StatusWord, sw1, sw2 } from "../apdu/status-word.ts";
import { encodeHeader, GET_RESPONSE, getResponse, isStatusOpening, procedureOf, type Tpdu } from "./tpdu.ts";

/** A TPDU on its way. */
interface Running {
  readonly tpdu: Tpdu;
  /** Command data not sent yet. */
  readonly unsent: Uint8Array;
  /** Response bytes of this TPDU so far, and how many may come at most. */
  readonly received: readonly number[];
  readonly expected: number;
  /** Response bytes that follow before the next procedure byte. */
  readonly due: number;
  /** SW1 when it has come and SW2 has not. */
  readonly sw1: number | undefined;
  /** The card corrected Le already (6Cxx): a second correction is a status like any other. */
  readonly isCorrected: boolean;
}

export interface T0IfdState {
  /** Class byte of GET RESPONSE. */
  readonly getResponseCla: number;
  readonly command: CommandApdu | undefined;
  readonly running: Running | undefined;
  /** Response data of the TPDUs before this one. */
  readonly collected: Uint8Array;
}

export type T0IfdEvent =
  /** Only while no command is under way. */
  | { readonly kind: "send"; readonly apdu: CommandApdu }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** WWT has passed without a byte. */
  | { readonly kind: "timeout" };

export type T0IfdAction =
  | { readonly kind: "transmit"; readonly bytes: Uint8Array }
  /** The card asked for more time: start WWT again. */
  | { readonly kind: "wait" }
  | { readonly kind: "deliver"; readonly response: ResponseApdu }
  /** The command is given up, and nobody knows whether the card acted on it. The caller resets the card. */
  | { readonly kind: "fail"; readonly reason: string }
  | { readonly kind: "ignore"; readonly reason: string };

export interface T0IfdStep {
  readonly state: T0IfdState;
  readonly actions: readonly T0IfdAction[];
}

const NOTHING = new Uint8Array(0);

/** The machine after the answer to reset. `getResponseCla` is 00 unless the card wants its own class there. */
export function startT0Ifd(getResponseCla = 0x00): T0IfdState {
  return { getResponseCla, command: undefined, running: undefined, collected: NOTHING };
}

/** One step. Throws `INTERNAL` for a second command while one is under way, `PROTOCOL` for INS 6x or 9x. */
export function stepT0Ifd(state: T0IfdState, event: T0IfdEvent): T0IfdStep {
  switch (event.kind) {
    case "send":
      return send(state, event.apdu);
    case "bytes":
      return onBytes(state, event.bytes);
    case "timeout":
      if (state.running === undefined) return { state, actions: [{ kind: "ignore", reason: "silence while idle" }] };
      return fail(state, "the card fell silent");
    default:
      return unreachable(event);
  }
}

function send(state: T0IfdState, apdu: CommandApdu): T0IfdStep {
  if (state.running !== undefined) throw new PursebenchError("INTERNAL", "a T=0 command is under way");
  if (isStatusOpening(apdu.ins)) {
    throw new PursebenchError("PROTOCOL", `INS ${apdu.ins.toString(16).toUpperCase()} cannot be carried by T=0`);
  }
  const { cla, ins, p1, p2, data, le } = apdu;
  const kind = apduCase(apdu);
  const p3 = kind === 2 ? (le ?? 0) & 0xff : data.length; // case 1 sends P3 = 00; cases 3 and 4 send Lc
  const started: T0IfdState = { ...state, command: apdu, collected: NOTHING };
  return start(started, { cla, ins, p1, p2, p3 }, data, kind === 2 ? (le ?? 0) : 0, false);
}

function start(state: T0IfdState, tpdu: Tpdu, unsent: Uint8Array, expected: number, isCorrected: boolean): T0IfdStep {
  const running: Running = { tpdu, unsent, received: [], expected, due: 0, sw1: undefined, isCorrected };
  return { state: { ...state, running }, actions: [{ kind: "transmit", bytes: encodeHeader(tpdu) }] };
}

function onBytes(state: T0IfdState, bytes: Uint8Array): T0IfdStep {
  let current = state;
  const actions: T0IfdAction[] = [];
  for (const byte of bytes) {
    const { running, command } = current;
    if (running === undefined || command === undefined) {
      actions.push({ kind: "ignore", reason: "bytes while nothing is expected" });
      break;
    }
    const step = onByte(current, running, command, byte);
    current = step.state;
    for (const action of step.actions) actions.push(action);
  }
  return { state: current, actions };
}

function onByte(state: T0IfdState, running: Running, command: CommandApdu, byte: number): T0IfdStep {
  if (running.sw1 !== undefined) return onStatus(state, running, command, (running.sw1 << 8) | byte);
  if (running.due > 0) {
    return silently(state, { ...running, received: [...running.received, byte], due: running.due - 1 });
  }
  const procedure = procedureOf(byte, running.tpdu.ins);
  switch (procedure) {
    case "wait":
      return { state, actions: [{ kind: "wait" }] };
    case "all":
      return transfer(state, running, Number.POSITIVE_INFINITY);
    case "one":
      return transfer(state, running, 1);
    case "status":
      return silently(state, { ...running, sw1: byte });
    case "unknown":
      return fail(state, `procedure byte ${byte.toString(16).toUpperCase().padStart(2, "0")} has no meaning`);
    default:
      return unreachable(procedure);
  }
}

/** Sends or awaits up to `limit` of the bytes that remain. */
function transfer(state: T0IfdState, running: Running, limit: number): T0IfdStep {
  const missing = running.expected - running.received.length;
  if (missing > 0) return silently(state, { ...running, due: Math.min(limit, missing) });
  if (running.unsent.length === 0) return fail(state, "the card asks for a transfer when nothing is left to transfer");
  const bytes = running.unsent.subarray(0, Math.min(limit, running.unsent.length));
  const next: Running = { ...running, unsent: running.unsent.subarray(bytes.length) };
  return { state: { ...state, running: next }, actions: [{ kind: "transmit", bytes }] };
}

/** The TPDU is over: 12.2 decides whether that is the answer or another TPDU follows. */
function onStatus(state: T0IfdState, running: Running, command: CommandApdu, value: number): T0IfdStep {
  if (!isStatusWord(value)) return fail(state, `${value.toString(16)} is no status`);
  const collected = concat(state.collected, Uint8Array.from(running.received));
  const next: T0IfdState = { ...state, collected };
  const wanted = (command.le ?? 0) - collected.length;
  const length = sw2(value) || 256;
  if (
    wanted > 0 &&
    sw1(value) === 0x6c &&
    running.expected > 0 &&
    running.received.length === 0 &&
    !running.isCorrected
  ) {
    return start(next, { ...running.tpdu, p3: length & 0xff }, NOTHING, length, true);
  }
  const isFetchInVain = running.tpdu.ins === GET_RESPONSE && running.received.length === 0; // it could go on for ever
  if (wanted > 0 && sw1(value) === 0x61 && !isFetchInVain) return fetch(next, Math.min(length, wanted));
  // 12.2.5, 4S.2: a plain 9000 to command data does not say that there is no response.
  if (value === 0x9000 && apduCase(command) === 4 && running.expected === 0) return fetch(next, wanted);
  return finish(next, command, value);
}

function fetch(state: T0IfdState, length: number): T0IfdStep {
  return start(state, getResponse(state.getResponseCla, length), NOTHING, length, false);
}

/** The answer, cut to Le: a corrected Le may have brought more than was asked for (12.2.3, 2S.3). */
function finish(state: T0IfdState, command: CommandApdu, status: StatusWord): T0IfdStep {
  const response = responseApdu(status, state.collected.subarray(0, command.le ?? 0));
  return { state: idle(state), actions: [{ kind: "deliver", response }] };
}

function fail(state: T0IfdState, reason: string): T0IfdStep {
  return { state: idle(state), actions: [{ kind: "fail", reason }] };
}

function silently(state: T0IfdState, running: Running): T0IfdStep {
  return { state: { ...state, running }, actions: [] };
}

function idle(state: T0IfdState): T0IfdState {
  return startT0Ifd(state.getResponseCla);
}
