/**
 * T=1 as the interface device speaks it (ISO/IEC 7816-3, 11.6): card reader towards card, concentrator towards terminal.
 * It talks first and is the only one that notices silence and that may resynchronise.
 */
import { PursebenchError, unreachable } from "../../core/errors.ts";
import { type IBlock, type RBlock, type SBlock, type T1Block, toggled, type ValidBlock } from "./block.ts";
import {
  assembled,
  type CommonAction,
  checkIfs,
  cutBlock,
  errorOf,
  isForUs,
  NO_PARTS,
  type Parts,
  resynchronised,
  type Step,
  startLine,
  type T1Line,
  type T1Options,
  TRIES,
  withPart,
} from "./machine.ts";

/** `sending`: `last` is not acknowledged, `rest` comes behind it. `aborted`: the card broke off and is about to speak. */
export type IfdPhase =
  | { readonly kind: "idle" }
  | { readonly kind: "sending"; readonly last: IBlock; readonly rest: Uint8Array }
  | ({ readonly kind: "receiving" } & Parts)
  | { readonly kind: "aborted" };

export interface IfdState extends T1Line {
  readonly phase: IfdPhase;
  /** Times that the same I-block was asked for again. */
  readonly repeats: number;
}

export type IfdEvent =
  /** A whole message (command APDU, terminal message) to be carried. Only while idle. */
  | { readonly kind: "send"; readonly data: Uint8Array }
  /** Announce the size this end takes, 1 to 254. Only while idle; ends in `settled` or `fail`. */
  | { readonly kind: "request-ifs"; readonly ifsd: number }
  /** Start from scratch, as CT-API does first of all. Only while idle; ends in `settled` or `fail`. */
  | { readonly kind: "resynch" }
  | { readonly kind: "block"; readonly block: T1Block }
  /** BWT has passed without a block. */
  | { readonly kind: "timeout" };

export type IfdAction =
  | CommonAction
  /** The next block may take `multiplier` times BWT. Follows the response that it belongs to. */
  | { readonly kind: "wait"; readonly multiplier: number }
  /** An own request outside of messages was answered. */
  | { readonly kind: "settled"; readonly request: "IFS" | "RESYNCH" }
  /**
   * The message is given up, and nobody knows whether the other end acted on it. `isUsable` tells whether the line is
   * in step again; if not, the caller resets or deactivates the card and starts a new machine.
   */
  | { readonly kind: "fail"; readonly reason: string; readonly isUsable: boolean };

export type IfdStep = Step<IfdState, IfdAction>;

const IDLE: IfdPhase = { kind: "idle" };

/** The machine before its first block. Throws `PROTOCOL` for impossible options. */
export function startIfd(options: T1Options = {}): IfdState {
  return { ...startLine(options), phase: IDLE, repeats: 0 };
}

export function isIdle(state: IfdState): boolean {
  return state.phase.kind === "idle" && state.request === undefined;
}

/** One step. Throws `INTERNAL` when something new is asked for while the last message is under way. */
export function stepIfd(state: IfdState, event: IfdEvent): IfdStep {
  switch (event.kind) {
    case "send":
      mustBeIdle(state);
      return sendNext(state, event.data);
    case "request-ifs":
      mustBeIdle(state);
      checkIfs(event.ifsd);
      return ask(state, { kind: "S", nad: state.nad, direction: "request", type: "IFS", value: event.ifsd });
    case "resynch":
      mustBeIdle(state);
      return resynch(state);
    case "block":
      return onBlock(state, event.block);
    case "timeout":
      return isIdle(state) ? ignore(state, "silence while nothing is expected") : recover(state, 0);
    default:
      return unreachable(event);
  }
}

function onBlock(state: IfdState, block: T1Block): IfdStep {
  if (!isForUs(state, block)) return ignore(state, "a block for another node");
  if (isIdle(state)) return ignore(state, "a block while nothing is expected");
  if (block.kind === "invalid") return recover(state, errorOf(block.reason));
  if (state.request !== undefined) return onBlockDuringRequest(state, state.request, block);
  switch (block.kind) {
    case "I":
      return onI(state, block);
    case "R":
      return onR(state, block);
    case "S":
      return onS(state, block);
    default:
      return unreachable(block);
  }
}

function onI(state: IfdState, block: IBlock): IfdStep {
  const { phase } = state;
  const isDue = phase.kind !== "sending" || !phase.last.more; // the card may not answer half a message
  if (!isDue || block.ns !== state.nr || block.inf.length > state.ifsd) return recover(state, 2);
  const message = withPart(phase.kind === "receiving" ? phase : NO_PARTS, block.inf);
  const accepted: IfdState = { ...progress(state), nr: toggled(state.nr) };
  if (message.length > state.maxMessage) return tooLong(accepted, block.more);
  if (!block.more) {
    return { state: { ...accepted, phase: IDLE }, actions: [{ kind: "deliver", data: assembled(message) }] };
  }
  const receiving: IfdState = { ...accepted, phase: { kind: "receiving", ...message } };
  return { state: receiving, actions: [transmit({ kind: "R", nad: state.nad, nr: receiving.nr, error: 0 })] };
}

function onR(state: IfdState, block: RBlock): IfdStep {
  const { phase } = state;
  if (phase.kind === "aborted") return giveUp(state, "the other end aborted the message", true);
  if (phase.kind !== "sending") return recover(state, 0); // our acknowledgement did not get through
  if (block.nr === phase.last.ns) {
    if (state.repeats >= TRIES) return resynch(state);
    return { state: { ...state, repeats: state.repeats + 1 }, actions: [transmit(phase.last)] };
  }
  if (phase.last.more) return sendNext(progress(state), phase.rest);
  return recover(state, 2); // it has the whole message and owes the answer, not an R-block
}

function onS(state: IfdState, block: SBlock): IfdStep {
  if (block.direction === "response") return recover(state, 2);
  const answer = transmit({ ...block, nad: state.nad, direction: "response" });
  switch (block.type) {
    case "WTX":
      // A card may ask for time as often as it likes: the deadline of the caller bounds that.
      return { state: progress(state), actions: [answer, { kind: "wait", multiplier: block.value }] };
    case "IFS":
      return { state: { ...progress(state), ifsc: block.value }, actions: [answer] };
    case "ABORT":
      if (state.repeats >= TRIES) return resynch(state);
      return { state: { ...state, phase: { kind: "aborted" }, repeats: state.repeats + 1 }, actions: [answer] };
    case "RESYNCH":
      return recover(state, 2); // 11.6.2.3: only the interface device may ask for it
    default:
      return unreachable(block);
  }
}

function onBlockDuringRequest(state: IfdState, request: SBlock, block: ValidBlock): IfdStep {
  if (!answers(request, block)) return recover(state, 2);
  switch (request.type) {
    case "RESYNCH":
      return onResynchronised(state);
    case "IFS":
      return {
        state: { ...progress(state), request: undefined, ifsd: request.value },
        actions: [{ kind: "settled", request: "IFS" }],
      };
    case "ABORT":
      return giveUp(state, `the answer is longer than ${state.maxMessage} bytes`, true);
    case "WTX":
      return recover(state, 2); // never asked for by this end
    default:
      return unreachable(request);
  }
}

/**
 * In the middle of a message, RESYNCH ends that message for good. The other end may have taken all of it and acted, and
 * only its answer was lost: sending it again could make a debit take effect twice. Whoever sent it has to find out.
 */
function onResynchronised(state: IfdState): IfdStep {
  const wasIdle = state.phase.kind === "idle";
  const fresh: IfdState = { ...state, ...resynchronised(state), phase: IDLE, repeats: 0 };
  if (wasIdle) return { state: fresh, actions: [{ kind: "settled", request: "RESYNCH" }] };
  return giveUp(fresh, "the line was resynchronised in the middle of a message", true);
}

/** Nothing valid came: ask again (rules 7.1 to 7.3), then resynchronise, then give up (rules 6.4 and 7.4). */
function recover(state: IfdState, error: RBlock["error"]): IfdStep {
  if (state.errors >= TRIES) {
    if (state.request?.type !== "RESYNCH") return resynch(state);
    return giveUp(state, `no answer to ${TRIES} requests to resynchronise`, false);
  }
  const counted: IfdState = { ...state, errors: state.errors + 1 };
  if (state.request !== undefined) return { state: counted, actions: [transmit(state.request)] };
  const complaint: RBlock = state.complaint ?? { kind: "R", nad: state.nad, nr: state.nr, error };
  return { state: { ...counted, complaint }, actions: [transmit(complaint)] };
}

function resynch(state: IfdState): IfdStep {
  return ask(state, { kind: "S", nad: state.nad, direction: "request", type: "RESYNCH" });
}

function ask(state: IfdState, request: SBlock): IfdStep {
  return { state: { ...state, request, complaint: undefined, errors: 1 }, actions: [transmit(request)] };
}

function tooLong(state: IfdState, hasMore: boolean): IfdStep {
  if (!hasMore) return giveUp(state, `the answer is longer than ${state.maxMessage} bytes`, true);
  const aborting: IfdState = { ...state, phase: { kind: "aborted" } };
  return ask(aborting, { kind: "S", nad: state.nad, direction: "request", type: "ABORT" });
}

function sendNext(state: IfdState, data: Uint8Array): IfdStep {
  const { block, rest } = cutBlock(state.nad, state.ns, data, state.ifsc);
  const sending: IfdState = { ...state, ns: toggled(state.ns), phase: { kind: "sending", last: block, rest } };
  return { state: sending, actions: [transmit(block)] };
}

function giveUp(state: IfdState, reason: string, isUsable: boolean): IfdStep {
  const idle: IfdState = { ...progress(state), phase: IDLE, request: undefined };
  return { state: idle, actions: [{ kind: "fail", reason, isUsable }] };
}

function progress(state: IfdState): IfdState {
  return { ...state, errors: 0, repeats: 0, complaint: undefined };
}

function answers(request: SBlock, block: ValidBlock): boolean {
  if (block.kind !== "S" || block.direction !== "response" || block.type !== request.type) return false;
  return !("value" in request) || ("value" in block && block.value === request.value);
}

function transmit(block: ValidBlock): IfdAction {
  return { kind: "transmit", block };
}

function ignore(state: IfdState, reason: string): IfdStep {
  return { state, actions: [{ kind: "ignore", reason }] };
}

function mustBeIdle(state: IfdState): void {
  if (!isIdle(state)) throw new PursebenchError("INTERNAL", `a T=1 message is under way (${state.phase.kind})`);
}
