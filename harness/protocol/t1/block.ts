/** T=1 blocks (ISO/IEC 7816-3, 11.3): NAD, PCB, LEN, INF (0 to 254 bytes), EDC. */
import { toHex } from "../../core/bytes.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import { type EdcKind, edcLength, writeEdc } from "./edc.ts";

/** A sequence bit, N(S) or N(R). */
export type SequenceBit = 0 | 1;

/** Carries a part of a message. `inf` may be a view of a larger buffer. */
export interface IBlock {
  readonly kind: "I";
  readonly nad: number;
  readonly ns: SequenceBit;
  /** M: the message goes on in the next I-block. */
  readonly more: boolean;
  readonly inf: Uint8Array;
}

/** Acknowledges or asks again: `nr` is the N(S) that is expected next. */
export interface RBlock {
  readonly kind: "R";
  readonly nad: number;
  readonly nr: SequenceBit;
  /** 0 none, 1 EDC or parity, 2 anything else. */
  readonly error: 0 | 1 | 2;
}

/** Controls the line. IFS and WTX carry one byte: a size (1 to 254) or a multiplier (1 to 255). */
export type SBlock =
  | {
      readonly kind: "S";
      readonly nad: number;
      readonly direction: "request" | "response";
      readonly type: "RESYNCH" | "ABORT";
    }
  | {
      readonly kind: "S";
      readonly nad: number;
      readonly direction: "request" | "response";
      readonly type: "IFS" | "WTX";
      readonly value: number;
    };

/** Bytes that are no block. `inf`: an S-block with a value that the clause forbids. */
export interface InvalidBlock {
  readonly kind: "invalid";
  readonly reason: "edc" | "length" | "pcb" | "nad" | "inf";
  readonly bytes: Uint8Array;
}

export type ValidBlock = IBlock | RBlock | SBlock;
export type T1Block = ValidBlock | InvalidBlock;

/** Longest INF in bytes; LEN FF is reserved. */
export const MAX_INF = 254;
/** NAD, PCB, LEN. */
export const PROLOGUE_LENGTH = 3;

const S_TYPES = ["RESYNCH", "IFS", "ABORT", "WTX"] as const;
const EMPTY = new Uint8Array(0);

/** The other sequence bit. */
export function toggled(bit: SequenceBit): SequenceBit {
  return bit === 0 ? 1 : 0;
}

/** PCB of a block (11.3.2.2). */
export function pcbOf(block: ValidBlock): number {
  switch (block.kind) {
    case "I":
      return (block.ns << 6) | (block.more ? 0x20 : 0);
    case "R":
      return 0x80 | (block.nr << 4) | block.error;
    case "S":
      return (block.direction === "request" ? 0xc0 : 0xe0) | S_TYPES.indexOf(block.type);
    default:
      return unreachable(block);
  }
}

/**
 * The bytes of a block, 4 to 259. An invalid block is sent as it is, for tests of the other end.
 * Throws `PROTOCOL` above 254 bytes of INF.
 */
export function encodeT1Block(block: T1Block, edc: EdcKind): Uint8Array {
  if (block.kind === "invalid") return block.bytes;
  const inf = infOf(block);
  if (inf.length > MAX_INF) throw new PursebenchError("PROTOCOL", `INF of ${inf.length} bytes, at most ${MAX_INF}`);
  const end = PROLOGUE_LENGTH + inf.length;
  const bytes = new Uint8Array(end + edcLength(edc));
  bytes[0] = block.nad;
  bytes[1] = pcbOf(block);
  bytes[2] = inf.length;
  bytes.set(inf, PROLOGUE_LENGTH);
  writeEdc(bytes, end, edc);
  return bytes;
}

/** One line for people, e.g. "I(0, more) 32 bytes", "R(1) EDC error", "S(WTX request 2)". */
export function describeT1Block(block: T1Block): string {
  switch (block.kind) {
    case "I":
      return `I(${block.ns}${block.more ? ", more" : ""}) ${block.inf.length} bytes`;
    case "R":
      return `R(${block.nr})${["", " EDC error", " other error"][block.error]}`;
    case "S":
      return `S(${block.type} ${block.direction}${"value" in block ? ` ${block.value}` : ""})`;
    case "invalid":
      return `no block (${block.reason}) ${toHex(block.bytes)}`;
    default:
      return unreachable(block);
  }
}

function infOf(block: ValidBlock): Uint8Array {
  if (block.kind === "I") return block.inf;
  return block.kind === "S" && "value" in block ? Uint8Array.of(block.value) : EMPTY;
}
