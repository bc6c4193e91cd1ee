/** Blocks of the serial line (`serial-line.md` 1), put together byte by byte: also those that no concentrator would send. */
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";

/** Concentrator to terminal, and back. */
export const TO_TERMINAL = 0x12;
const FROM_TERMINAL = 0x21;

export type Bit = 0 | 1;

/** Longest INF before S(IFS), and with S(IFS request FE). */
export const IFS_AT_START = 32;
export const IFS_MOST = 254;

/** PCB of S-blocks; a response has bit 6 set. */
export const PCB = { RESYNCH: 0xc0, IFS: 0xc1, ABORT: 0xc2, WTX: 0xc3, response: 0x20, more: 0x20 } as const;

/** Any block with the right LRC. */
export function block(pcb: number, INF: Uint8Array = new Uint8Array(0), nad = TO_TERMINAL): Uint8Array {
  const head = concat(Uint8Array.of(nad, pcb, INF.length), INF);
  return concat(head, Uint8Array.of(head.reduce((check, byte) => check ^ byte, 0)));
}

export function iBlock(ns: Bit, INF: Uint8Array, isMore = false): Uint8Array {
  return block((ns << 6) | (isMore ? PCB.more : 0), INF);
}

export function rBlock(nr: Bit, error: 0 | 1 | 2 = 0): Uint8Array {
  return block(0x80 | (nr << 4) | error);
}

export function sBlock(pcb: number, value?: number): Uint8Array {
  return block(pcb, value === undefined ? undefined : Uint8Array.of(value));
}

/** What the terminal owes, in hex. */
export const due = {
  R: (nr: Bit, error: 0 | 1 | 2 = 0) => toHex(block(0x80 | (nr << 4) | error, undefined, FROM_TERMINAL)),
  S: (pcb: number, value?: number) =>
    toHex(block(pcb, value === undefined ? undefined : Uint8Array.of(value), FROM_TERMINAL)),
  I: (ns: Bit, INF: Uint8Array, isMore = false) =>
    toHex(block((ns << 6) | (isMore ? PCB.more : 0), INF, FROM_TERMINAL)),
} as const;

/** An I-block of the terminal as it came. */
export interface Part {
  readonly ns: Bit;
  readonly isMore: boolean;
  readonly INF: Uint8Array;
}

/** Undefined for anything but an I-block from the terminal's address, with the right LRC. */
export function partOf(hex: string): Part | undefined {
  const bytes = fromHex(hex);
  const [nad, pcb = 0xff, len = 0] = bytes;
  const INF = bytes.subarray(3, 3 + len);
  if (nad !== FROM_TERMINAL || (pcb & 0x9f) !== 0 || toHex(block(pcb, INF, FROM_TERMINAL)) !== hex) return undefined;
  return { ns: (pcb & 0x40) === 0 ? 0 : 1, isMore: (pcb & PCB.more) !== 0, INF };
}

export function other(bit: Bit): Bit {
  return bit === 0 ? 1 : 0;
}

/** `message` in pieces of at most `size` bytes. */
export function pieces(message: Uint8Array, size: number): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(message.length / size));
  return Array.from({ length: count }, (_, index) => message.subarray(index * size, (index + 1) * size));
}
