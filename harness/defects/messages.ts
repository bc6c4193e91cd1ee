/** Behaviours of roles that say something wrong on a link, for every TLV message (`messages.md`). */
import { equal, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
import type { LinkFault } from "../flows/system.ts";
import { elementSpec, isElementName } from "../protocol/messages/elements.ts";
import { parseTlv, type TlvNode } from "../protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import { type Behaviour, numberOf, optionalText, type Parameters, textOf } from "./behaviour.ts";

/** Bytes on the LAN in front of the message. */
const LAN_HEADER = 4;

/** Changes one element's value. */
type Change = (
  value: Uint8Array,
  whole: readonly TlvNode[],
  previous: Uint8Array | undefined,
) => Uint8Array | undefined;

/**
 * `link`, `from`, `message` (template tag), `element`, and one of `change`: "flip" (last bit), "remove", "zero",
 * "previous" (value of the last such message), "add" (with `by`), "set" (with `value` in hex), "copy" (with `of`, another element),
 * "truncate" (last byte lost).
 */
const sayElement: Behaviour = (parameters) => {
  const tag = tagOf(textOf(parameters, "element"));
  const change = changeOf(parameters);
  let previous: Uint8Array | undefined;
  const act = (message: Uint8Array) => {
    const { header, body } = split(linkOf(parameters), message);
    const nodes = childrenOf(body);
    const before = nodes.find((node) => node.tag === tag)?.value.slice();
    const changed = replaceElement(body, tag, (value) => change(value, nodes, previous));
    previous = before;
    return join(header, changed);
  };
  return { says: [saying(parameters, act)] };
};

/** The whole message of the last time, or none the first time: stays as it is then. */
const sayPrevious: Behaviour = (parameters) => {
  let previous: Uint8Array | undefined;
  const act = (message: Uint8Array) => {
    const said = previous ?? message;
    previous = message;
    return said;
  };
  return { says: [saying(parameters, act)] };
};

/** Not said at all. */
const sayNothing: Behaviour = (parameters) => ({ says: [saying(parameters, () => [])] });

/** Said twice. */
const sayTwice: Behaviour = (parameters) => ({ says: [saying(parameters, (message) => [message, message])] });

/** In other bytes altogether: `value` in hex. */
const sayBytes: Behaviour = (parameters) => {
  const bytes = fromHex(textOf(parameters, "value"));
  return { says: [saying(parameters, () => bytes)] };
};

/** On link 234: text of the body replaced, `pattern` (a regular expression) by `replacement`. */
const sayText: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"), "g");
  const replacement = textOf(parameters, "replacement");
  const act = (body: Uint8Array) =>
    new TextEncoder().encode(new TextDecoder().decode(body).replace(pattern, replacement));
  return { says: [saying(parameters, act)] };
};

export const MESSAGE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "say-element": sayElement,
  "say-previous": sayPrevious,
  "say-nothing": sayNothing,
  "say-twice": sayTwice,
  "say-bytes": sayBytes,
  "say-text": sayText,
};

/** `body` (a template) with the value of `tag` changed, or the element left out when `change` gives nothing. */
export function replaceElement(
  body: Uint8Array,
  tag: number,
  change: (value: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const template = body[0] ?? 0;
  const children = childrenOf(body).flatMap((node) => {
    if (node.tag !== tag) return [encodeTlv(node.tag, node.value)];
    const value = change(node.value);
    return value ? [encodeTlv(node.tag, value)] : [];
  });
  const changed = encodeTemplate(template, ...children);
  return equal(changed, body) ? body : changed;
}

/** Elements of a template; none where `body` is no TLV. */
export function childrenOf(body: Uint8Array): readonly TlvNode[] {
  const parsed = parseTlv(body);
  return parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
}

/** Tag of an element of `messages.md`. Throws `USAGE` for a name that it does not have. */
export function tagOf(element: string): number {
  if (isElementName(element)) {
    const { tag } = elementSpec(element);
    if (tag !== undefined) return tag;
  }
  throw new PursebenchError("USAGE", `no element is called "${element}"`);
}

function changeOf(parameters: Parameters): Change {
  const kind = textOf(parameters, "change");
  switch (kind) {
    case "flip":
      return (value) => value.map((byte, index) => (index === value.length - 1 ? byte ^ 1 : byte));
    case "remove":
      return () => undefined;
    case "zero":
      return (value) => new Uint8Array(value.length);
    case "truncate":
      return (value) => value.subarray(0, -1);
    case "previous":
      return (value, _whole, previous) => previous ?? value;
    case "add": {
      const by = numberOf(parameters, "by");
      return (value) => added(value, by);
    }
    case "set": {
      const bytes = fromHex(textOf(parameters, "value"));
      return () => bytes;
    }
    case "copy": {
      const other = tagOf(textOf(parameters, "of"));
      return (value, whole) => whole.find((node) => node.tag === other)?.value ?? value;
    }
    default:
      throw new PursebenchError("USAGE", `no change is called "${kind}"`);
  }
}

function added(value: Uint8Array, by: number): Uint8Array {
  const sum = value.slice();
  let carry = by;
  for (let index = sum.length - 1; index >= 0 && carry !== 0; index--) {
    const next = (sum[index] ?? 0) + carry;
    sum[index] = next & 0xff;
    carry = next >> 8;
  }
  return sum;
}

/** A fault on what `link`, `from`, `message`, `times` and `skip` of the parameters name. */
export function saying(parameters: Parameters, act: LinkFault["act"]): LinkFault {
  const message = optionalText(parameters, "message");
  return {
    link: linkOf(parameters),
    from: textOf(parameters, "from") as RoleName,
    ...(message === undefined ? {} : { message: /^0x/i.test(message) ? Number(message) : message }),
    ...(parameters.times === undefined ? {} : { times: numberOf(parameters, "times") }),
    ...(parameters.skip === undefined ? {} : { skip: numberOf(parameters, "skip") }),
    act,
    what: "seeded defect",
  };
}

function linkOf(parameters: Parameters): LinkName {
  return textOf(parameters, "link") as LinkName;
}

function split(link: LinkName, message: Uint8Array): { header: Uint8Array; body: Uint8Array } {
  const at = link === "LAN" ? LAN_HEADER : 0;
  return { header: message.subarray(0, at), body: message.subarray(at) };
}

function join(header: Uint8Array, body: Uint8Array): Uint8Array {
  if (header.length === 0) return body;
  const whole = new Uint8Array(header.length + body.length);
  whole.set(header);
  whole.set(body, header.length);
  return whole;
}
