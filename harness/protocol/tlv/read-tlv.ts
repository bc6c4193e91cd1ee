import { isConstructed, tagLength } from "./tag.ts";

/** A data object as read. `value` is a view of the input, not a copy; `children` exist when the tag is constructed. */
export interface TlvNode {
  readonly tag: number;
  readonly value: Uint8Array;
  readonly children?: readonly TlvNode[];
}

/** What a reader puts up with. Everything that arrives from a device is read under limits. */
export interface TlvLimits {
  /** Constructed objects inside one another, 1 or more. Default 8. */
  readonly maxDepth?: number;
  /** Bytes of input. Default 65,536. */
  readonly maxBytes?: number;
  /** Accept length fields longer than needed (`81 05`). Default false: one value has one encoding, so that MACs agree. */
  readonly lenient?: boolean;
}

export type ParsedTlv =
  | { readonly ok: true; readonly nodes: readonly TlvNode[] }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Index of the byte at which reading stopped. */
      readonly offset: number;
    };

interface Cursor {
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
  readonly lenient: boolean;
  at: number;
  failure: string | undefined;
}

/** Reads a sequence of BER-TLV objects that fills `bytes` exactly (ISO/IEC 7816-4, 5.2.2). Never throws. */
export function parseTlv(bytes: Uint8Array, limits: TlvLimits = {}): ParsedTlv {
  const { maxDepth = 8, maxBytes = 65_536, lenient = false } = limits;
  if (bytes.length > maxBytes)
    return { ok: false, reason: `${bytes.length} bytes, at most ${maxBytes}`, offset: maxBytes };
  const cursor: Cursor = { bytes, maxDepth, lenient, at: 0, failure: undefined };
  const nodes = readNodes(cursor, bytes.length, 0);
  if (cursor.failure !== undefined) return { ok: false, reason: cursor.failure, offset: cursor.at };
  return { ok: true, nodes };
}

function readNodes(cursor: Cursor, end: number, depth: number): TlvNode[] {
  const nodes: TlvNode[] = [];
  while (cursor.at < end && cursor.failure === undefined) {
    const start = cursor.at;
    const tag = readTag(cursor, end);
    if (cursor.failure !== undefined) break;
    const length = readLength(cursor, end);
    if (cursor.failure !== undefined) break;
    if (depth >= cursor.maxDepth && isConstructed(tag)) {
      cursor.failure = `nested deeper than ${cursor.maxDepth}`;
      cursor.at = start;
      break;
    }
    nodes.push(readValue(cursor, tag, length, depth));
  }
  return nodes;
}

function readValue(cursor: Cursor, tag: number, length: number, depth: number): TlvNode {
  const end = cursor.at + length;
  const value = cursor.bytes.subarray(cursor.at, end);
  if (!isConstructed(tag)) {
    cursor.at = end;
    return { tag, value };
  }
  return { tag, value, children: readNodes(cursor, end, depth + 1) };
}

/** The tag at the cursor. Sets `failure` and stays where it is when there is none. */
function readTag(cursor: Cursor, end: number): number {
  const { bytes, at } = cursor;
  let tag = bytes[at] ?? 0;
  let next = at + 1;
  if ((tag & 0x1f) === 0x1f) {
    let more = true;
    while (more && next < end && next < at + 3) {
      const byte = bytes[next++] ?? 0;
      tag = (tag << 8) | byte;
      more = byte >= 0x80;
    }
    if (more) return fail(cursor, next >= end ? "the tag is cut off" : "the tag has more than 3 bytes");
  }
  if (tagLength(tag) !== next - at) return fail(cursor, "no valid tag");
  cursor.at = next;
  return tag;
}

/** The length field at the cursor, checked against `end`. Sets `failure` and stays where it is when it is wrong. */
function readLength(cursor: Cursor, end: number): number {
  const { bytes, at } = cursor;
  if (at >= end) return fail(cursor, "the length is missing");
  const first = bytes[at] ?? 0;
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80) return fail(cursor, "indefinite length");
  if (extra > 4) return fail(cursor, "the length field has more than 5 bytes");
  if (at + extra >= end) return fail(cursor, "the length is cut off");
  let length = extra === 0 ? first : 0;
  for (let index = 1; index <= extra; index++) length = length * 256 + (bytes[at + index] ?? 0);
  if (!cursor.lenient && extra > 0 && length < (extra === 1 ? 0x80 : 256 ** (extra - 1))) {
    return fail(cursor, "the length is not in its shortest form");
  }
  const left = end - at - 1 - extra;
  if (length > left) return fail(cursor, `the length says ${length} and ${left} bytes are left`);
  cursor.at = at + 1 + extra;
  return length;
}

function fail(cursor: Cursor, reason: string): number {
  cursor.failure = reason;
  return 0;
}
