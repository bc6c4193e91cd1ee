/** Messages put together byte by byte, also those that no table has. */
import { concat, fromHex } from "../../../harness/core/bytes.ts";
import { berLength } from "./plain.ts";

/** An element of a message. `tag`: 4 hex digits. */
export interface Element {
  readonly tag: string;
  readonly value: Uint8Array;
}

/** `value`: bytes or hex. */
export function element(tag: string, value: Uint8Array | string): Element {
  return { tag, value: typeof value === "string" ? fromHex(value) : value };
}

export function template(tag: number, elements: readonly Element[]): Uint8Array {
  const content = concat(
    ...elements.map((each) => concat(fromHex(each.tag), berLength(each.value.length), each.value)),
  );
  return concat(Uint8Array.of(tag), berLength(content.length), content);
}

/** The elements of a message in which all are well-formed, as the terminal owes them: tag to hex. */
export function elementsOf(message: Uint8Array): ReadonlyMap<string, string> {
  const hex = [...message].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  const found = new Map<string, string>();
  let at = 1 + lengthBytes(message, 1);
  while (at < message.length) {
    const tag = hex.slice(at, at + 2).join("");
    const size = lengthBytes(message, at + 2);
    const length = lengthAt(message, at + 2);
    const begin = at + 2 + size;
    found.set(tag, hex.slice(begin, begin + length).join(""));
    at = begin + length;
  }
  return found;
}

function lengthBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  return first < 0x80 ? 1 : 1 + (first & 0x7f);
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const size = lengthBytes(bytes, at);
  if (size === 1) return bytes[at] ?? 0;
  return bytes.subarray(at + 1, at + size).reduce((sum, byte) => sum * 0x100 + byte, 0);
}
