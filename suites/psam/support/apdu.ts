import { concat, fromHex } from "../../../harness/core/bytes.ts";

/** Bytes in hex or as they are; empty when absent. */
export type Data = Uint8Array | string;

/** A command: header of 8 hex digits, data, Le 1 to 256 (256 is written `00`); none when absent. Nothing is checked. */
export function apdu(header: string, data: Data = "", le?: number): Uint8Array {
  const body = bytesOf(data);
  const lc = body.length === 0 ? [] : [Uint8Array.of(body.length), body];
  return concat(fromHex(header), ...lc, le === undefined ? new Uint8Array(0) : Uint8Array.of(le & 0xff));
}

export function bytesOf(data: Data): Uint8Array {
  return typeof data === "string" ? fromHex(data) : data;
}

/** `bytes` with others in the place from `at`. */
export function put(bytes: Uint8Array, at: number, other: Data): Uint8Array {
  const changed = bytes.slice();
  changed.set(bytesOf(other), at);
  return changed;
}

/** Two hex digits. */
export function byteText(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}
