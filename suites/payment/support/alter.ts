/** Ways to alter one element of a message on its way, and nothing else of it. */
import { concat } from "../../../harness/core/bytes.ts";
import { type ElementName, elementSpec } from "../../../harness/protocol/messages/elements.ts";
import { parseTlv } from "../../../harness/protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../../../harness/protocol/tlv/write-tlv.ts";

export type Change = (value: Uint8Array) => Uint8Array;

/** Bytes of the terminal number in front of a message on the LAN. */
const LAN_HEADER = 4;

/** The last bit of the last byte: digits stay digits, letters and digits stay such, numbers stay close. */
export const flipLast: Change = (value) => at(value.length - 1, 1, flipByte)(value);

const flipByte: Change = ([byte = 0]) => Uint8Array.of(byte ^ 1);

export function setTo(value: Uint8Array): Change {
  return () => value;
}

export function setText(text: string): Change {
  return setTo(new TextEncoder().encode(text));
}

/** `change` for `length` bytes from `offset` on, counted from 0; the rest stays. */
export function at(offset: number, length: number, change: Change = flipLast): Change {
  return (value) =>
    concat(value.subarray(0, offset), change(value.subarray(offset, offset + length)), value.subarray(offset + length));
}

/** `change` for the value of one element of a TLV message. */
export function inElement(name: ElementName, change: Change = flipLast): Change {
  const { tag } = elementSpec(name);
  return (message) => rebuilt(message, (each, value) => (each === tag ? change(value) : value));
}

/** One element more, at the place `before` another one or at the end. */
export function withElement(name: ElementName, value: Uint8Array, before: ElementName): Change {
  const added = encodeTlv(elementSpec(name).tag ?? 0, value);
  const next = elementSpec(before).tag;
  return (message) => {
    const children = childrenOf(message).flatMap((node) => {
      const own = encodeTlv(node.tag, node.value);
      return node.tag === next ? [added, own] : [own];
    });
    return encodeTemplate(message[0] ?? 0, ...children);
  };
}

/** `change` for a message behind the terminal number of a LAN frame. */
export function behindHeader(change: Change): Change {
  return (frame) => concat(frame.subarray(0, LAN_HEADER), change(frame.subarray(LAN_HEADER)));
}

/** `pattern` of a text replaced, as in the body of link 234. Stays as it is where `pattern` does not occur. */
export function inText(pattern: RegExp, replacement: string): Change {
  return (body) => new TextEncoder().encode(new TextDecoder().decode(body).replace(pattern, replacement));
}

/** The value of one element of a TLV message; undefined where it is not there. */
export function elementOf(message: Uint8Array, name: ElementName): Uint8Array | undefined {
  return childrenOf(message).find(({ tag }) => tag === elementSpec(name).tag)?.value;
}

function rebuilt(message: Uint8Array, change: (tag: number, value: Uint8Array) => Uint8Array): Uint8Array {
  const children = childrenOf(message).map(({ tag, value }) => encodeTlv(tag, change(tag, value)));
  return encodeTemplate(message[0] ?? 0, ...children);
}

function childrenOf(message: Uint8Array) {
  const parsed = parseTlv(message);
  return parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
}
