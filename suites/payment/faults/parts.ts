/** The parts that a message on any link is made of, so that each of them can be altered or exchanged by itself. */
import { concat, toHex } from "../../../harness/core/bytes.ts";
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import { elementByTag } from "../../../harness/protocol/messages/elements.ts";
import { parseTlv } from "../../../harness/protocol/tlv/read-tlv.ts";
import { type Change, inElement, setTo } from "../support/alter.ts";

export interface Part {
  readonly name: string;
  readonly value: Uint8Array;
  /** A message of the same make with another value in this place. */
  readonly withValue: (value: Uint8Array) => Change;
}

/** On 234 `message` is the body. Parts without a byte are left out. */
export function partsOf(link: LinkName, from: RoleName, message: Uint8Array): readonly Part[] {
  return allParts(link, from, message).filter(({ value }) => value.length > 0);
}

const LAN_HEADER = 4;
const APDU_HEADER = 4;

function allParts(link: LinkName, from: RoleName, message: Uint8Array): readonly Part[] {
  switch (link) {
    case "LAN":
      return [range("header", message, 0, LAN_HEADER), ...elements(message.subarray(LAN_HEADER), LAN_HEADER)];
    case "235":
    case "SAM":
      return from === "card" || from === "psam" ? responseParts(message) : commandParts(message);
    case "234":
      return from === "merchant" ? pageParts(message) : formParts(message);
    default:
      return elements(message, 0);
  }
}

function elements(message: Uint8Array, headerBytes: number): readonly Part[] {
  const parsed = parseTlv(message);
  const children = parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
  return children.flatMap(({ tag, value }) => {
    const name = elementByTag(tag);
    if (name === undefined) return [];
    const withValue = (other: Uint8Array): Change => {
      const change = inElement(name, setTo(other));
      return (whole) => concat(whole.subarray(0, headerBytes), change(whole.subarray(headerBytes)));
    };
    return [{ name, value, withValue }];
  });
}

/** CLA INS P1 P2; Lc and data, Le with them. */
function commandParts(command: Uint8Array): readonly Part[] {
  return [range("header", command, 0, APDU_HEADER), range("data", command, APDU_HEADER, command.length)];
}

function responseParts(response: Uint8Array): readonly Part[] {
  const end = response.length - 2;
  return [range("data", response, 0, end), range("SW", response, end, response.length)];
}

/** Counted from the start up to the first half, from the end from there on: another message may be longer. */
export function range(name: string, message: Uint8Array, start: number, end: number): Part {
  const tail = message.length - end;
  const withValue =
    (value: Uint8Array): Change =>
    (whole) =>
      concat(whole.subarray(0, Math.min(start, whole.length - tail)), value, whole.subarray(whole.length - tail));
  return { name, value: message.subarray(start, end), withValue };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function formParts(body: Uint8Array): readonly Part[] {
  const names = [...new URLSearchParams(decoder.decode(body)).keys()];
  return names.map((name) => textPart(name, body, new RegExp(`(^|&)(${escaped(name)}=)([^&]*)`)));
}

/** The parameters of a payment page; what has none is one part. */
function pageParts(body: Uint8Array): readonly Part[] {
  const names = [...decoder.decode(body).matchAll(/<param name="([^"]*)"/g)].map(([, name = ""]) => name);
  if (names.length === 0) return [range("page", body, 0, body.length)];
  return names.map((name) => textPart(name, body, new RegExp(`(<param name="${escaped(name)}" )(value=")([^"]*)`)));
}

/** The third group is the value. */
function textPart(name: string, body: Uint8Array, pattern: RegExp): Part {
  const value = encoder.encode(pattern.exec(decoder.decode(body))?.[3] ?? "");
  const withValue = (other: Uint8Array): Change => {
    const text = decoder.decode(other);
    const changed = (whole: string) => whole.replace(pattern, (_, one: string, two: string) => `${one}${two}${text}`);
    return (whole) => encoder.encode(changed(decoder.decode(whole)));
  };
  return { name, value, withValue };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export const BITS = ["first", "middle", "last"] as const;

/** The value with one of its bits turned, counted from the highest bit of the first byte. */
export function flipped(value: Uint8Array, which: (typeof BITS)[number]): Uint8Array {
  const bits = value.length * 8;
  const bit = which === "first" ? 0 : which === "middle" ? Math.floor(bits / 2) : bits - 1;
  return value.map((byte, index) => (index === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
}

export function sameParts(left: Part | undefined, right: Part): boolean {
  return left !== undefined && toHex(left.value) === toHex(right.value);
}
