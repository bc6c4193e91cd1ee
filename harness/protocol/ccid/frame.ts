/**
 * The serial framing of CCID that GemPC Twin, GemCore POS Pro and GemCore SIM Pro use, seen from the reader.
 * A frame is SYNC, CTRL, a CCID message (10 byte header and data) and LRC = XOR of all bytes before it.
 * Source: CCID driver, src/ccid_serial.c.
 */
import { concat } from "../../core/bytes.ts";

const SYNC = 0x03;
const CTRL_ACK = 0x06;
const CTRL_NAK = 0x15;

/** Bytes of a CCID message before its data. */
export const CCID_HEADER_LENGTH = 10;
/** dwMaxCCIDMessageLength of this family: header and one short APDU block. */
export const CCID_MAX_MESSAGE_LENGTH = 271;

/** Longitudinal redundancy check: XOR of all `bytes`. */
export function lrc(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/** One acknowledged frame around `message`. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const open = concat(Uint8Array.of(SYNC, CTRL_ACK), message);
  return concat(open, Uint8Array.of(lrc(open)));
}

/** "Say that again": the three bytes 03 15 16. */
export function encodeNak(): Uint8Array {
  return Uint8Array.of(SYNC, CTRL_NAK, SYNC ^ CTRL_NAK);
}

export type CcidFrame =
  | { readonly kind: "message"; readonly message: Uint8Array }
  | { readonly kind: "nak" }
  /** Bytes that are no frame; a reader answers NAK. */
  | { readonly kind: "garbled"; readonly bytes: Uint8Array; readonly reason: string };

/** Cuts the host's byte stream into frames. Keeps at most one frame that is not complete. */
export class CcidAccumulator {
  #pending: Uint8Array = new Uint8Array(0);

  /** Frames that `bytes` complete, in order; nothing is lost silently, noise becomes `garbled`. */
  push(bytes: Uint8Array): CcidFrame[] {
    let rest = this.#pending.length === 0 ? bytes : concat(this.#pending, bytes);
    const frames: CcidFrame[] = [];
    for (;;) {
      const cut = cutFrame(rest);
      if (!cut) break;
      frames.push(cut.frame);
      rest = rest.subarray(cut.length);
    }
    this.#pending = rest.slice();
    return frames;
  }
}

interface Cut {
  readonly frame: CcidFrame;
  /** Bytes that the frame took. */
  readonly length: number;
}

function cutFrame(bytes: Uint8Array): Cut | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] !== SYNC) {
    const next = bytes.indexOf(SYNC);
    return garbled(bytes, next < 0 ? bytes.length : next, "no SYNC byte where a frame starts");
  }
  switch (bytes[1]) {
    case undefined:
      return undefined;
    case CTRL_ACK:
      return cutMessage(bytes);
    case CTRL_NAK:
      return cutNak(bytes);
    default:
      return garbled(bytes, 1, "SYNC is not followed by ACK or NAK");
  }
}

function cutNak(bytes: Uint8Array): Cut | undefined {
  if (bytes.length < 3) return undefined;
  if (bytes[2] !== (SYNC ^ CTRL_NAK)) return garbled(bytes, 2, "NAK with a wrong LRC");
  return { frame: { kind: "nak" }, length: 3 };
}

function cutMessage(bytes: Uint8Array): Cut | undefined {
  const header = bytes.subarray(2, 2 + CCID_HEADER_LENGTH);
  if (header.length < 5) return undefined;
  const length = CCID_HEADER_LENGTH + dataLength(header);
  if (length > CCID_MAX_MESSAGE_LENGTH) return garbled(bytes, 2, `a message of ${length} bytes is announced`);
  const whole = 2 + length + 1;
  if (bytes.length < whole) return undefined;
  if (lrc(bytes.subarray(0, whole)) !== 0) return garbled(bytes, whole, "the LRC is wrong");
  return { frame: { kind: "message", message: bytes.slice(2, 2 + length) }, length: whole };
}

function garbled(bytes: Uint8Array, length: number, reason: string): Cut {
  return { frame: { kind: "garbled", bytes: bytes.slice(0, length), reason }, length };
}

/** dwLength, little endian, of a CCID header of at least 5 bytes; a value above 2^31 stays positive. */
export function dataLength(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return view.getUint32(1, true);
}
