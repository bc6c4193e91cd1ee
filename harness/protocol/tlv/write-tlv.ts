import { PursebenchError } from "../../core/errors.ts";
import { tagLength } from "./tag.ts";

/** Bytes of a data object with a value of `valueLength` bytes: tag, shortest length field, value. Throws `PROTOCOL`. */
export function tlvLength(tag: number, valueLength: number): number {
  const tagBytes = tagLength(tag);
  if (tagBytes === 0) throw new PursebenchError("PROTOCOL", `${tag.toString(16)} is no tag of 1 to 3 bytes`);
  return tagBytes + lengthFieldLength(valueLength) + valueLength;
}

/**
 * Writes a data object into `target` at `offset` and returns the offset behind it. For messages of many objects, whose
 * size is the sum of `tlvLength`. Throws `PROTOCOL` for a bad tag or when `target` is too short.
 */
export function writeTlv(target: Uint8Array, offset: number, tag: number, value: Uint8Array): number {
  const end = offset + tlvLength(tag, value.length);
  if (end > target.length)
    throw new PursebenchError("PROTOCOL", `${end} bytes do not fit a buffer of ${target.length}`);
  const valueAt = writeLength(target, writeTag(target, offset, tag), value.length);
  target.set(value, valueAt);
  return end;
}

/** One data object: tag, definite length in the shortest form, value (ISO/IEC 7816-4, 5.2.2). Throws `PROTOCOL`. */
export function encodeTlv(tag: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(tlvLength(tag, value.length));
  writeTlv(bytes, 0, tag, value);
  return bytes;
}

/** A constructed data object around `children`, which are encoded objects already. Throws `PROTOCOL`. */
export function encodeTemplate(tag: number, ...children: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const child of children) length += child.length;
  const bytes = new Uint8Array(tlvLength(tag, length));
  let offset = writeLength(bytes, writeTag(bytes, 0, tag), length);
  for (const child of children) {
    bytes.set(child, offset);
    offset += child.length;
  }
  return bytes;
}

function lengthFieldLength(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  if (length < 0x10000) return 3;
  return length < 0x1000000 ? 4 : 5;
}

function writeTag(target: Uint8Array, offset: number, tag: number): number {
  let at = offset;
  if (tag > 0xffff) target[at++] = tag >> 16;
  if (tag > 0xff) target[at++] = tag >> 8;
  target[at++] = tag;
  return at;
}

function writeLength(target: Uint8Array, offset: number, length: number): number {
  const size = lengthFieldLength(length);
  let at = offset;
  if (size > 1) target[at++] = 0x80 | (size - 1);
  for (let shift = 8 * Math.max(0, size - 2); shift >= 0; shift -= 8) target[at++] = length >>> shift;
  return at;
}
