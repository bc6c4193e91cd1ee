/** The commands of the reader exerciser, one function each: what is answered, and what the card becomes. */
import { concat, fromHex, uintToBytes } from "../../core/bytes.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CRC_START, crcOver } from "./crc.ts";
import type { ExerciserState, Noted } from "./state.ts";

export interface Answered {
  readonly state: ExerciserState;
  readonly data?: Uint8Array;
  readonly sw: number;
  readonly units?: number;
  /** The card took the data of the command, and notes them for REPORT. */
  readonly tookData?: true;
}

export const EXERCISER_AID = "F050422D45584531";
const FCI = fromHex(`6F158408${EXERCISER_AID}A509DF1F06455845522D31`);
const MOST_REMEMBERED = 32;
const LONGEST_PATTERN = 2_048;
const LONGEST_CHAIN = 32_767;
const NOTHING = new Uint8Array(0);

export function select(state: ExerciserState, apdu: CommandApdu): Answered {
  return { ...optional(state, apdu, FCI, 0x9000), tookData: true };
}

export function echo(state: ExerciserState, apdu: CommandApdu): Answered {
  return { ...optional(state, apdu, apdu.data, 0x9000), tookData: true };
}

export function status(state: ExerciserState, apdu: CommandApdu): Answered {
  const { p1, p2 } = apdu;
  const isStatus = (p1 >= 0x62 && p1 <= 0x6f && p1 !== 0x6c) || (p1 >= 0x90 && p1 <= 0x9f);
  if (!isStatus) return { state, sw: 0x6a86 };
  const sw = (p1 << 8) | p2;
  const mayHaveData = p1 <= 0x63 || p1 >= 0x90;
  return { ...(mayHaveData ? optional(state, apdu, apdu.data, sw) : { state, sw }), tookData: true };
}

export function work(state: ExerciserState, { p1, p2 }: CommandApdu): Answered {
  return { state, sw: 0x9000, units: (p1 << 8) | p2 };
}

export function pattern(state: ExerciserState, apdu: CommandApdu): Answered {
  const total = (apdu.p1 << 8) | apdu.p2;
  if (total > LONGEST_PATTERN) return { state, sw: 0x6a86 };
  return nextOfPattern({ ...state, pattern: { total, sent: 0 } }, apdu);
}

export function getResponse(state: ExerciserState, apdu: CommandApdu): Answered {
  if (apdu.p1 !== 0 || apdu.p2 !== 0) return { state, sw: 0x6a86 };
  return nextOfPattern(state, apdu);
}

function nextOfPattern(state: ExerciserState, apdu: CommandApdu): Answered {
  const { total, sent } = state.pattern ?? { total: 0, sent: 0 };
  const isFetch = apdu.ins === 0xc0;
  if (isFetch && sent === total) return { state, sw: 0x6985 };
  const length = Math.min(256, total - sent);
  const data = new Uint8Array(length).map((_, at) => (sent + at) * 7 + total);
  const left = total - sent - length;
  const answer = owed(state, apdu, data, left === 0 ? 0x9000 : 0x6100 | (left >= 256 ? 0 : left));
  return answer.data === undefined
    ? answer
    : { ...answer, state: { ...state, pattern: { total, sent: sent + length } } };
}

export function report(state: ExerciserState, apdu: CommandApdu, before: Noted | undefined): Answered {
  if (apdu.p1 !== 0 || apdu.p2 !== 0) return { state, sw: 0x6a86 };
  const last = before ? concat(before.header, Uint8Array.of(before.lc), uintToBytes(before.crc, 2)) : new Uint8Array(7);
  const commands = uintToBytes(state.sinceReset?.commands ?? 0, 4);
  const data = concat(Uint8Array.of(state.protocol), uintToBytes(state.resets, 4), commands, last);
  return owed(state, apdu, data, 0x9000);
}

export function gather(state: ExerciserState, apdu: CommandApdu): Answered {
  const tookData = true;
  if (apdu.p1 !== 0 || apdu.p2 !== 0) return { state, sw: 0x6a86 };
  if (apdu.data.length === 0) return { state, sw: 0x6700, tookData };
  const hasMore = apdu.cla === 0x90;
  const refusal = hasMore ? undefined : lengthRefusal(apdu, 4);
  if (refusal !== undefined) return { state, sw: refusal, tookData };
  const before = state.chain ?? { length: 0, crc: CRC_START };
  const length = before.length + apdu.data.length;
  if (length > LONGEST_CHAIN) return { state: { ...state, chain: undefined }, sw: 0x6a84, tookData };
  const chain = { length, crc: crcOver(apdu.data, before.crc) };
  if (hasMore) return { state: { ...state, chain }, sw: 0x9000, tookData };
  const data = concat(uintToBytes(length, 2), uintToBytes(chain.crc, 2));
  return { state: { ...state, chain: undefined }, data, sw: 0x9000, tookData };
}

export function remember(state: ExerciserState, apdu: CommandApdu): Answered {
  const { data, p1, p2 } = apdu;
  if (p1 !== 0 || p2 !== 0) return { state, sw: 0x6a86 };
  if (data.length > MOST_REMEMBERED) return { state, sw: 0x6700, tookData: true };
  if (data.length === 0) return { ...owed(state, apdu, state.kept, 0x9000), tookData: true };
  return { state: { ...state, kept: data.slice() }, sw: 0x9000, tookData: true };
}

/** Data that are answered only where some are asked for. */
function optional(state: ExerciserState, apdu: CommandApdu, data: Uint8Array, sw: number): Answered {
  return apdu.le === undefined || data.length === 0 ? { state, sw } : owed(state, apdu, data, sw);
}

/** Data that have to be asked for. */
function owed(state: ExerciserState, apdu: CommandApdu, data: Uint8Array, sw: number): Answered {
  if (data.length === 0) return { state, data: NOTHING, sw };
  const refusal = lengthRefusal(apdu, data.length);
  return refusal === undefined ? { state, data, sw } : { state, sw: refusal };
}

function lengthRefusal({ le }: CommandApdu, length: number): number | undefined {
  if (le === undefined) return 0x6700;
  return le < length ? 0x6c00 | (length & 0xff) : undefined;
}
