import { type InvalidBlock, MAX_INF, PROLOGUE_LENGTH, type RBlock, type SBlock, type T1Block } from "./block.ts";
import { type EdcKind, edcLength, isEdcRight } from "./edc.ts";
import { isNad } from "./nad.ts";

/**
 * Reads one whole block (ISO/IEC 7816-3, 11.3). Never throws: whatever is no block becomes `kind: "invalid"`. The EDC is
 * judged before NAD and PCB, because nothing else in a damaged block can be believed. `inf` is a view of `bytes`.
 */
export function decodeT1Block(bytes: Uint8Array, edc: EdcKind): T1Block {
  const [nad, pcb, len] = bytes;
  if (nad === undefined || pcb === undefined || len === undefined) return invalid("length", bytes);
  const end = PROLOGUE_LENGTH + len;
  if (len > MAX_INF || bytes.length !== end + edcLength(edc)) return invalid("length", bytes);
  if (!isEdcRight(bytes, end, edc)) return invalid("edc", bytes);
  if (!isNad(nad)) return invalid("nad", bytes);
  if (pcb < 0x80) return decodeI(bytes, nad, pcb, end);
  return pcb < 0xc0 ? decodeR(bytes, nad, pcb, len) : decodeS(bytes, nad, pcb, len);
}

function decodeI(bytes: Uint8Array, nad: number, pcb: number, end: number): T1Block {
  if ((pcb & 0x1f) !== 0) return invalid("pcb", bytes);
  const inf = bytes.subarray(PROLOGUE_LENGTH, end);
  return { kind: "I", nad, ns: (pcb & 0x40) === 0 ? 0 : 1, more: (pcb & 0x20) !== 0, inf };
}

function decodeR(bytes: Uint8Array, nad: number, pcb: number, len: number): RBlock | InvalidBlock {
  const error = pcb & 0x2f;
  if (error !== 0 && error !== 1 && error !== 2) return invalid("pcb", bytes);
  if (len !== 0) return invalid("length", bytes);
  return { kind: "R", nad, nr: (pcb & 0x10) === 0 ? 0 : 1, error };
}

function decodeS(bytes: Uint8Array, nad: number, pcb: number, len: number): SBlock | InvalidBlock {
  const direction = (pcb & 0x20) === 0 ? "request" : "response";
  switch (pcb & 0x1f) {
    case 0:
      return len === 0 ? { kind: "S", nad, direction, type: "RESYNCH" } : invalid("length", bytes);
    case 2:
      return len === 0 ? { kind: "S", nad, direction, type: "ABORT" } : invalid("length", bytes);
    case 1:
      return withValue(bytes, nad, direction, "IFS");
    case 3:
      return withValue(bytes, nad, direction, "WTX");
    default:
      return invalid("pcb", bytes);
  }
}

function withValue(
  bytes: Uint8Array,
  nad: number,
  direction: SBlock["direction"],
  type: "IFS" | "WTX",
): SBlock | InvalidBlock {
  if (bytes[2] !== 1) return invalid("length", bytes);
  const value = bytes[PROLOGUE_LENGTH] ?? 0;
  // 11.4.2: IFS 00 and FF are reserved. A multiplier of 0 would leave no time at all.
  if (value === 0 || (type === "IFS" && value > MAX_INF)) return invalid("inf", bytes);
  return { kind: "S", nad, direction, type, value };
}

function invalid(reason: InvalidBlock["reason"], bytes: Uint8Array): InvalidBlock {
  return { kind: "invalid", reason, bytes };
}
