import { toHex } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import type { LogOutput, Role, Step } from "../role.ts";
import { encodeLanFrame, type LanFrame, parseLanFrame } from "./lan-frame.ts";

/** A message on its way to a terminal, and the LAN channel that its answer goes to. */
export interface Forwarding {
  readonly channel: number;
  readonly message: Uint8Array;
}

/** A terminal's line: what it works on, and what waits. */
export interface LineState {
  readonly current: Forwarding | undefined;
  readonly waiting: readonly Forwarding[];
}

export interface ConcentratorState {
  /** By IDTERM, 8 hex digits. */
  readonly lines: ReadonlyMap<string, LineState>;
}

export type ConcentratorInput =
  /** A frame from a payment server; `channel` numbers its connection. */
  | { readonly kind: "frame"; readonly channel: number; readonly bytes: Uint8Array }
  | { readonly kind: "answer"; readonly IDTERM: string; readonly bytes: Uint8Array }
  /** The terminal gave no answer that the line could carry. */
  | { readonly kind: "no-answer"; readonly IDTERM: string; readonly reason: string };

export type ConcentratorOutput =
  /** To the terminal on its line; the next input about that line is its answer, or that there is none. */
  | { readonly kind: "forward"; readonly IDTERM: string; readonly message: Uint8Array }
  | { readonly kind: "send"; readonly channel: number; readonly bytes: Uint8Array }
  | LogOutput;

export type ConcentratorStep = Step<ConcentratorState, ConcentratorOutput>;
export type ConcentratorRole = Role<ConcentratorState, ConcentratorInput, ConcentratorOutput>;

/** More messages than these for one terminal are refused: nobody waits that long. */
const WAITING_BOUND = 16;

const UNKNOWN_TERMINAL = "A009";
const MALFORMED = "A001";
const NO_TERMINAL_FREE = "A007";

/** A concentrator with these terminals on its lines. */
export function createConcentrator(IDTERMs: Iterable<string>): ConcentratorState {
  return { lines: new Map([...IDTERMs].map((IDTERM) => [IDTERM, { current: undefined, waiting: [] }])) };
}

/**
 * The terminal concentrator: the header is the address, the message passes unchanged, one exchange at a time on each line
 * (`messages.md` 5). A terminal that is silent is answered for by nobody: the payment server's deadline decides.
 */
export const concentrator: ConcentratorRole = {
  handle(state, input) {
    switch (input.kind) {
      case "frame":
        return onFrame(state, input.channel, input.bytes);
      case "answer":
        return onAnswer(state, input.IDTERM, input.bytes);
      case "no-answer":
        return onNoAnswer(state, input.IDTERM, input.reason);
      default:
        return unreachable(input);
    }
  },
};

function onFrame(state: ConcentratorState, channel: number, bytes: Uint8Array): ConcentratorStep {
  const frame = parseLanFrame(bytes);
  if (frame === undefined) return { state, outputs: [log("frame-dropped", { bytes: toHex(bytes) })] };
  const line = state.lines.get(frame.IDTERM);
  if (line === undefined) return refuse(state, channel, frame, UNKNOWN_TERMINAL);
  if (frame.message.length === 0) return refuse(state, channel, frame, MALFORMED);
  const forwarding: Forwarding = { channel, message: frame.message };
  if (line.current === undefined) return forward(state, frame.IDTERM, forwarding, line.waiting);
  if (line.waiting.length >= WAITING_BOUND) return refuse(state, channel, frame, NO_TERMINAL_FREE);
  const waiting = [...line.waiting, forwarding];
  return { state: withLine(state, frame.IDTERM, { ...line, waiting }), outputs: [] };
}

function onAnswer(state: ConcentratorState, IDTERM: string, message: Uint8Array): ConcentratorStep {
  const current = state.lines.get(IDTERM)?.current;
  if (current === undefined) return { state, outputs: [log("late-answer-dropped", { IDTERM })] };
  const next = proceed(state, IDTERM);
  const bytes = encodeLanFrame({ IDTERM, message });
  return { state: next.state, outputs: [{ kind: "send", channel: current.channel, bytes }, ...next.outputs] };
}

function onNoAnswer(state: ConcentratorState, IDTERM: string, reason: string): ConcentratorStep {
  const next = proceed(state, IDTERM);
  return { state: next.state, outputs: [log("terminal-silent", { IDTERM, reason }), ...next.outputs] };
}

/** The line is free: what waits first goes next. */
function proceed(state: ConcentratorState, IDTERM: string): ConcentratorStep {
  const [next, ...waiting] = state.lines.get(IDTERM)?.waiting ?? [];
  if (next !== undefined) return forward(state, IDTERM, next, waiting);
  return { state: withLine(state, IDTERM, { current: undefined, waiting: [] }), outputs: [] };
}

function forward(
  state: ConcentratorState,
  IDTERM: string,
  current: Forwarding,
  waiting: readonly Forwarding[],
): ConcentratorStep {
  const { message } = current;
  return { state: withLine(state, IDTERM, { current, waiting }), outputs: [{ kind: "forward", IDTERM, message }] };
}

function refuse(
  state: ConcentratorState,
  channel: number,
  { IDTERM, message }: LanFrame,
  CC: string,
): ConcentratorStep {
  const refusal = encodeRefusal(IDTERM, message, CC);
  const bytes = encodeLanFrame({ IDTERM, message: refusal });
  return { state, outputs: [log("message-refused", { IDTERM, CC }), { kind: "send", channel, bytes }] };
}

/** T-refusal in place of a terminal that cannot be asked; IDTRX as far as the message shows it. */
export function encodeRefusal(IDTERM: string, message: Uint8Array, CC: string): Uint8Array {
  const asked = parseMessage(message);
  const IDTRX = "IDTRX" in asked ? asked.IDTRX : undefined;
  return encodeMessage({ kind: "t-refusal", IDTERM, IDTRX, CC });
}

function withLine(state: ConcentratorState, IDTERM: string, line: LineState): ConcentratorState {
  return { lines: new Map(state.lines).set(IDTERM, line) };
}

function log(entry: string, fields: LogOutput["fields"]): LogOutput {
  return { kind: "log", entry, fields };
}
