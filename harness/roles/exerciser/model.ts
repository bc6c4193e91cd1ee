import { concat, toHex, uintToBytes } from "../../core/bytes.ts";
import { type CommandApdu, parseCommandApdu } from "../../protocol/apdu/command-apdu.ts";
import type { Step } from "../role.ts";
import * as commands from "./commands.ts";
import { crcOver } from "./crc.ts";
import {
  type ExerciserInput,
  type ExerciserOutput,
  type ExerciserRole,
  type ExerciserState,
  type Noted,
  noted,
} from "./state.ts";

const GATHER = 0x1a;

/** The card that readers are certified with (`test-cards.md` 4). */
export const exerciser: ExerciserRole = {
  handle(state, input): Step<ExerciserState, ExerciserOutput> {
    switch (input.kind) {
      case "reset":
        return { state: afterReset(state, input), outputs: [] };
      case "command":
        return onCommand(state, input.bytes);
    }
  },
};

function afterReset(state: ExerciserState, { protocol }: Extract<ExerciserInput, { kind: "reset" }>): ExerciserState {
  return { ...state, protocol, sinceReset: undefined, chain: undefined, pattern: undefined };
}

function onCommand(state: ExerciserState, bytes: Uint8Array): Step<ExerciserState, ExerciserOutput> {
  const before = state.sinceReset?.last;
  const parsed = parseCommandApdu(bytes);
  const counted = count(state, noted(bytes));
  if (!parsed.ok) return respond({ state: unchained(counted, bytes), sw: 0x6700 });
  const { apdu } = parsed;
  const answered = perform(unchained(counted, bytes), apdu, before);
  return respond(answered.tookData ? { ...answered, state: withData(answered.state, apdu.data) } : answered);
}

function perform(state: ExerciserState, apdu: CommandApdu, before: Noted | undefined): commands.Answered {
  const { cla, ins, p1, p2, data } = apdu;
  if (cla === 0x00 && ins === 0xa4 && p1 === 0x04 && p2 === 0x00) {
    return toHex(data) === commands.EXERCISER_AID ? commands.select(state, apdu) : { state, sw: 0x6a82 };
  }
  if (cla === 0x00 && ins === 0xc0) return commands.getResponse(state, apdu);
  if (isGather(cla, ins)) return commands.gather(state, apdu);
  if (cla !== 0x80) return { state, sw: cla === 0x90 ? 0x6884 : 0x6e00 };
  switch (ins) {
    case 0x10:
      return commands.echo(state, apdu);
    case 0x12:
      return commands.pattern(state, apdu);
    case 0x14:
      return commands.status(state, apdu);
    case 0x16:
      return commands.work(state, apdu);
    case 0x18:
      return commands.report(state, apdu, before);
    case 0x1c:
      return commands.remember(state, apdu);
    default:
      return { state, sw: 0x6d00 };
  }
}

/** The first command after a reset makes it count. */
function count(state: ExerciserState, last: Noted): ExerciserState {
  const { sinceReset } = state;
  if (!sinceReset) return { ...state, resets: state.resets + 1, sinceReset: { commands: 0, last } };
  return { ...state, sinceReset: { commands: sinceReset.commands + 1, last } };
}

function withData(state: ExerciserState, data: Uint8Array): ExerciserState {
  const { sinceReset } = state;
  if (!sinceReset) return state;
  const last = { ...sinceReset.last, lc: data.length, crc: crcOver(data) };
  return { ...state, sinceReset: { ...sinceReset, last } };
}

/** Another command ends the chain of GATHER, and what was left of a pattern. */
function unchained(state: ExerciserState, [cla = 0, ins = 0]: Uint8Array): ExerciserState {
  const isFetch = cla === 0x00 && ins === 0xc0;
  return {
    ...state,
    chain: isGather(cla, ins) ? state.chain : undefined,
    pattern: isFetch ? state.pattern : undefined,
  };
}

function isGather(cla: number, ins: number): boolean {
  return ins === GATHER && (cla === 0x80 || cla === 0x90);
}

function respond({ state, data, sw, units }: commands.Answered): Step<ExerciserState, ExerciserOutput> {
  const bytes = concat(data ?? new Uint8Array(0), uintToBytes(sw, 2));
  const response: ExerciserOutput = { kind: "response", bytes };
  return { state, outputs: units === undefined ? [response] : [{ kind: "work", units }, response] };
}
