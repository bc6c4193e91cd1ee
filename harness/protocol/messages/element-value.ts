import { bytesToUint, toHex } from "../../core/bytes.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import { type ElementName, type ElementSpec, type ElementValue, elementSpec, type KindValue } from "./elements.ts";

/** Whatever an element may hold in code. */
export type AnyValue = KindValue[keyof KindValue];

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const TO_UTF8 = new TextEncoder();

/** Why `bytes` cannot be the value of that element, or undefined when they can. Never throws. */
export function elementFlaw(name: ElementName, bytes: Uint8Array): string | undefined {
  const spec = elementSpec(name);
  if (!hasRightLength(spec, bytes.length)) return `${name} has ${bytes.length} bytes, not ${lengthText(spec)}`;
  const flaw = contentFlaw(spec, bytes);
  return flaw === undefined ? undefined : `${name} ${flaw}`;
}

/** The value that checked `bytes` are. Give it only what `elementFlaw` found nothing wrong with. */
export function decodeElement<Name extends ElementName>(name: Name, bytes: Uint8Array): ElementValue<Name>;
export function decodeElement(name: ElementName, bytes: Uint8Array): AnyValue {
  const { kind } = elementSpec(name);
  switch (kind) {
    case "bytes":
      return bytes.slice();
    case "integer":
      return bytesToUint(bytes);
    case "hex":
    case "bcd":
      return toHex(bytes);
    case "ascii":
    case "utf8":
      return UTF8.decode(bytes);
    default:
      return unreachable(kind);
  }
}

/** The bytes of a value. Throws `PROTOCOL` when the element cannot hold it. */
export function encodeElement(name: ElementName, value: AnyValue): Uint8Array {
  const bytes = bytesOf(name, value);
  const flaw = elementFlaw(name, bytes);
  if (flaw !== undefined) throw new PursebenchError("PROTOCOL", flaw);
  return bytes;
}

/** The bytes of a value as it stands, allowed or not. Throws `PROTOCOL` when it has not the element's length or kind. */
export function writeElement(name: ElementName, value: AnyValue): Uint8Array {
  const spec = elementSpec(name);
  const bytes = bytesOf(name, value);
  if (hasRightLength(spec, bytes.length)) return bytes;
  throw new PursebenchError("PROTOCOL", `${name} has ${bytes.length} bytes, not ${lengthText(spec)}`);
}

function bytesOf(name: ElementName, value: AnyValue): Uint8Array {
  const { kind, max } = elementSpec(name);
  if (kind === "bytes" && value instanceof Uint8Array) return value;
  if (kind === "integer" && typeof value === "number") return uintBytes(name, value, max);
  if (typeof value === "string") {
    if (kind === "hex" || kind === "bcd") return hexBytes(name, value);
    if (kind === "ascii" || kind === "utf8") return TO_UTF8.encode(value);
  }
  throw new PursebenchError("PROTOCOL", `${name} is ${kind} and cannot be a ${typeof value}`);
}

function hasRightLength(spec: ElementSpec, length: number): boolean {
  if (length < spec.min || length > spec.max) return false;
  if (spec.lengths !== undefined) return spec.lengths.includes(length);
  return spec.step === undefined || (length - spec.min) % spec.step === 0;
}

function lengthText(spec: ElementSpec): string {
  if (spec.min === spec.max) return `${spec.min}`;
  if (spec.lengths !== undefined) return spec.lengths.join(" or ");
  if (spec.step === undefined) return `${spec.min} to ${spec.max}`;
  return `${spec.min} to ${spec.max} in steps of ${spec.step}`;
}

function contentFlaw(spec: ElementSpec, bytes: Uint8Array): string | undefined {
  switch (spec.kind) {
    case "bytes":
    case "hex":
      return undefined;
    case "integer":
      return rangeFlaw(spec, bytes);
    case "bcd":
      return bytes.every(isTwoDigits) ? undefined : `has a digit above 9: ${toHex(bytes)}`;
    case "ascii":
      if (spec.alphanumeric) return bytes.every(isAlphanumeric) ? undefined : "has other characters than A-Z and 0-9";
      return bytes.every(isPrintable) ? undefined : "is not printable ASCII";
    case "utf8":
      return isUtf8(bytes) ? undefined : "is not UTF-8";
    default:
      return unreachable(spec.kind);
  }
}

function rangeFlaw(spec: ElementSpec, bytes: Uint8Array): string | undefined {
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = spec;
  const value = bytesToUint(bytes);
  if (value >= from && value <= to) return undefined;
  return from === to ? `is ${value}, not ${from}` : `is ${value}, outside of ${from} to ${to}`;
}

function isTwoDigits(byte: number): boolean {
  return byte >> 4 <= 9 && (byte & 0x0f) <= 9;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    UTF8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Own code instead of `core/bytes`: this is on the path of every message, and those go through BigInt and patterns. */
function uintBytes(name: ElementName, value: number, length: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) {
    throw new PursebenchError("PROTOCOL", `${name} ${value} does not fit ${length} bytes`);
  }
  const bytes = new Uint8Array(length);
  for (let index = length - 1, rest = value; index >= 0; index--, rest = Math.floor(rest / 256)) bytes[index] = rest;
  return bytes;
}

function hexBytes(name: ElementName, text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new PursebenchError("PROTOCOL", `${name} has an odd number of digits: "${text}"`);
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const value = digit(text.charCodeAt(2 * index)) * 16 + digit(text.charCodeAt(2 * index + 1));
    if (Number.isNaN(value)) throw new PursebenchError("PROTOCOL", `${name} is not hex: "${text.slice(0, 80)}"`);
    bytes[index] = value;
  }
  return bytes;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return Number.NaN;
}
