/**
 * T=1 as the card or a terminal speaks it (ISO/IEC 7816-3, 11.6). It only ever answers; after three failures in a row it
 * keeps silent and listens, and leaves resynchronisation to the interface device.
 */
import { unreachable } from "../../core/errors.ts";
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

/**
 * `listening`: a message is coming in or has yet to begin; `answer` is the block that ended the last answer, kept in case
 * it got lost. `working`: the application has the message; `reply` waits for a request of ours to be answered.
 */
export type IccPhase =
  | ({ readonly kind: "listening"; readonly answer: IBlock | undefined } & Parts)
  | { readonly kind: "working"; readonly reply: Uint8Array | undefined }
  | { readonly kind: "sending"; readonly last: IBlock; readonly rest: Uint8Array };

export interface IccState extends T1Line {
  readonly phase: IccPhase;
}

export type IccEvent =
  /** The application's answer to the message that was delivered. */
  | { readonly kind: "reply"; readonly data: Uint8Array }
  | { readonly kind: "block"; readonly block: T1Block }
  /** CWT has passed inside of a block. */
  | { readonly kind: "timeout" }
  /** The application needs more time: multiplier of BWT, 1 to 255. Only while it works on a message. */
  | { readonly kind: "wtx"; readonly multiplier: number }
  /** Announce the size this end takes, 1 to 254. Only while the application works on a message. */
  | { readonly kind: "request-ifs"; readonly ifsc: number };

export type IccAction =
  | CommonAction
  /** The other end started afresh: drop the message that was delivered, its answer is not wanted any more. */
  | { readonly kind: "abandon"; readonly reason: string };

export type IccStep = Step<IccState, IccAction>;

const LISTENING: IccPhase = { kind: "listening", answer: undefined, ...NO_PARTS };

/** The machine after the answer to reset. Throws `PROTOCOL` for impossible options. */
export function startIcc(options: T1Options = {}): IccState {
  return { ...startLine(options), phase: LISTENING };
}

/** One step. Throws `PROTOCOL` when the application asks for a size that T=1 does not have. */
export function stepIcc(state: IccState, event: IccEvent): IccStep {
  switch (event.kind) {
    case "reply":
      return onReply(state, event.data);
    case "block":
      return onBlock(state, event.block);
    case "timeout":
      return complain(state, 2);
    case "wtx": {
      const { multiplier } = event;
      if (!Number.isInteger(multiplier) || multiplier < 1 || multiplier > 255) {
        return ignore(state, `multiplier ${multiplier} is not 1 to 255`);
      }
      return askWhileWorking(state, request(state, "WTX", multiplier));
    }
    case "request-ifs":
      checkIfs(event.ifsc);
      return askWhileWorking(state, request(state, "IFS", event.ifsc));
    default:
      return unreachable(event);
  }
}

function onReply(state: IccState, data: Uint8Array): IccStep {
  if (state.phase.kind !== "working") return ignore(state, "a reply while no message waits for one");
  if (state.request === undefined) return sendNext(state, data);
  return { state: { ...state, phase: { kind: "working", reply: data } }, actions: [] };
}

function askWhileWorking(state: IccState, block: SBlock): IccStep {
  const isFree = state.phase.kind === "working" && state.phase.reply === undefined && state.request === undefined;
  return isFree ? ask(state, block) : ignore(state, `no right to send ${block.type} now`);
}

function onBlock(state: IccState, block: T1Block): IccStep {
  if (!isForUs(state, block)) return ignore(state, "a block for another node");
  if (block.kind === "invalid") return complain(state, errorOf(block.reason));
  if (block.kind === "S" && block.direction === "request") return onRequest(state, block);
  if (state.request !== undefined) return onBlockDuringRequest(state, state.request, block);
  const heard: IccState = { ...state, errors: 0 };
  switch (block.kind) {
    case "I":
      return onI(heard, block);
    case "R":
      return onR(heard, block);
    case "S":
      return complain(state, 2); // a response that nobody asked for
    default:
      return unreachable(block);
  }
}

function onI(state: IccState, block: IBlock): IccStep {
  const { phase } = state;
  if (phase.kind === "working") return ignore(state, "a block while the answer is being made");
  // A repeated I-block is refused and never delivered again: the application must not act on it twice.
  if (phase.kind === "sending" || block.ns !== state.nr || block.inf.length > state.ifsc) return complain(state, 2);
  const message = withPart(phase, block.inf);
  const accepted: IccState = { ...state, nr: toggled(state.nr), complaint: undefined };
  if (message.length > state.maxMessage) return ask({ ...accepted, phase: LISTENING }, request(state, "ABORT"));
  if (block.more) {
    const listening: IccState = { ...accepted, phase: { kind: "listening", answer: undefined, ...message } };
    return { state: listening, actions: [transmit(acknowledgement(listening))] };
  }
  return {
    state: { ...accepted, phase: { kind: "working", reply: undefined } },
    actions: [{ kind: "deliver", data: assembled(message) }],
  };
}

function onR(state: IccState, block: RBlock): IccStep {
  const { phase } = state;
  switch (phase.kind) {
    case "working":
      return ignore(state, "asked again while the answer is being made");
    case "sending":
      if (block.nr === phase.last.ns) return { state, actions: [transmit(phase.last)] };
      return sendNext({ ...state, complaint: undefined }, phase.rest);
    case "listening":
      if (phase.answer !== undefined && block.nr === phase.answer.ns)
        return { state, actions: [transmit(phase.answer)] };
      return { state, actions: [transmit(acknowledgement(state))] }; // ask for the I-block that did not arrive
    default:
      return unreachable(phase);
  }
}

function onRequest(state: IccState, block: SBlock): IccStep {
  const answer = transmit({ ...block, nad: state.nad, direction: "response" });
  const heard: IccState = { ...state, errors: 0, complaint: undefined };
  switch (block.type) {
    case "RESYNCH":
      return { state: { ...state, ...resynchronised(state), phase: LISTENING }, actions: [...dropped(state), answer] };
    case "ABORT":
      return { state: { ...heard, request: undefined, phase: LISTENING }, actions: [...dropped(state), answer] };
    case "IFS":
      return { state: { ...heard, ifsd: block.value }, actions: [answer] };
    case "WTX":
      return complain(state, 2); // only a card may ask for time
    default:
      return unreachable(block);
  }
}

function onBlockDuringRequest(state: IccState, pending: SBlock, block: ValidBlock): IccStep {
  if (!isResponseTo(pending, block)) return complain(state, 2);
  const answered: IccState = { ...state, request: undefined, errors: 0, complaint: undefined };
  switch (pending.type) {
    case "WTX":
      return resume(answered);
    case "IFS":
      return resume({ ...answered, ifsc: pending.value });
    case "ABORT":
      return { state: answered, actions: [transmit(acknowledgement(answered))] }; // gives back the right to send
    case "RESYNCH":
      return complain(state, 2); // never asked for by this end
    default:
      return unreachable(pending);
  }
}

function resume(state: IccState): IccStep {
  const reply = state.phase.kind === "working" ? state.phase.reply : undefined;
  return reply === undefined ? { state, actions: [] } : sendNext(state, reply);
}

/** Repeats the own request, or asks for the expected I-block, with the same R-block as before (rules 7.1 to 7.3). */
function complain(state: IccState, error: RBlock["error"]): IccStep {
  if (state.phase.kind === "working" && state.request === undefined) {
    return ignore(state, "noise while the answer is being made");
  }
  if (state.errors >= TRIES) return ignore(state, `${TRIES} failures in a row: listening only`);
  const counted: IccState = { ...state, errors: state.errors + 1 };
  if (state.request !== undefined) return { state: counted, actions: [transmit(state.request)] };
  const complaint: RBlock = state.complaint ?? { kind: "R", nad: state.nad, nr: state.nr, error };
  return { state: { ...counted, complaint }, actions: [transmit(complaint)] };
}

function sendNext(state: IccState, data: Uint8Array): IccStep {
  const { block, rest } = cutBlock(state.nad, state.ns, data, state.ifsd);
  const phase: IccPhase = block.more
    ? { kind: "sending", last: block, rest }
    : { kind: "listening", answer: block, ...NO_PARTS };
  return { state: { ...state, ns: toggled(state.ns), phase }, actions: [transmit(block)] };
}

function ask(state: IccState, block: SBlock): IccStep {
  return { state: { ...state, request: block, complaint: undefined, errors: 1 }, actions: [transmit(block)] };
}

function request(state: IccState, type: "WTX" | "IFS", value: number): SBlock;
function request(state: IccState, type: "ABORT"): SBlock;
function request({ nad }: IccState, type: "WTX" | "IFS" | "ABORT", value = 0): SBlock {
  const direction = "request";
  return type === "ABORT" ? { kind: "S", nad, direction, type } : { kind: "S", nad, direction, type, value };
}

function dropped({ phase }: IccState): readonly IccAction[] {
  return phase.kind === "working" ? [{ kind: "abandon", reason: "the other end started afresh" }] : [];
}

function acknowledgement({ nad, nr }: IccState): RBlock {
  return { kind: "R", nad, nr, error: 0 };
}

function isResponseTo(pending: SBlock, block: ValidBlock): boolean {
  if (block.kind !== "S" || block.direction !== "response" || block.type !== pending.type) return false;
  return !("value" in pending) || ("value" in block && block.value === pending.value);
}

function transmit(block: ValidBlock): IccAction {
  return { kind: "transmit", block };
}

function ignore(state: IccState, reason: string): IccStep {
  return { state, actions: [{ kind: "ignore", reason }] };
}
