import { PursebenchError } from "../../core/errors.ts";
import { parseTlv, type TlvNode } from "../tlv/read-tlv.ts";
import { tagName } from "../tlv/tag.ts";
import { encodeTemplate, encodeTlv } from "../tlv/write-tlv.ts";
import { type AnyValue, decodeElement, elementFlaw, encodeElement } from "./element-value.ts";
import { type ElementName, elementByTag, elementSpec } from "./elements.ts";
import { kindOfTag, LAYOUTS, type Message, type MessageKind, placesOf } from "./layouts.ts";

/** Bytes that are no message of this specification, and exactly why. Never obeyed, only answered or logged. */
export interface Unrecognised {
  readonly kind: "unrecognised";
  /** Names the element where there is one, e.g. "MPDA has 3 bytes, not 4". */
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** The longest message in bytes (`messages.md`). */
export const MAX_MESSAGE_BYTES = 65_536;

/** The bytes of a message. Throws `PROTOCOL` when an element does not fit its row in `elements.ts`. */
export function encodeMessage(message: Message): Uint8Array {
  const fields: Readonly<Record<string, AnyValue | undefined>> = message;
  const parts: Uint8Array[] = [];
  for (const { name, optional } of placesOf(message.kind)) {
    const value = fields[name];
    if (value !== undefined) parts.push(encodeTlv(elementSpec(name).tag ?? 0, encodeElement(name, value)));
    else if (!optional) throw new PursebenchError("PROTOCOL", `${message.kind} without ${name}`);
  }
  const flaw = ruleFlaw(message);
  if (flaw !== undefined) throw new PursebenchError("PROTOCOL", `${message.kind}: ${flaw}`);
  return encodeTemplate(LAYOUTS[message.kind].tag, ...parts);
}

/** Reads one message. Never throws: whatever is no message of the specification comes back as `unrecognised`. */
export function parseMessage(bytes: Uint8Array): Message | Unrecognised {
  const parsed = parseTlv(bytes, { maxBytes: MAX_MESSAGE_BYTES, maxDepth: 4 });
  if (!parsed.ok) return unrecognised(bytes, `${elementBefore(bytes, parsed.offset)}${parsed.reason}`);
  const [template, trailing] = parsed.nodes;
  if (template === undefined) return unrecognised(bytes, "no bytes");
  const kind = kindOfTag(template.tag);
  if (kind === undefined) return unrecognised(bytes, `unknown template ${tagName(template.tag)}`);
  if (trailing !== undefined) return unrecognised(bytes, `something follows the ${kind}`);
  const read = readElements(kind, template.children ?? []);
  if (typeof read === "string") return unrecognised(bytes, `${kind}: ${read}`);
  const flaw = ruleFlaw(read);
  return flaw === undefined ? read : unrecognised(bytes, `${kind}: ${flaw}`);
}

/** The elements of a message, or why they are not those of its layout. Unknown elements are passed over. */
function readElements(kind: MessageKind, nodes: readonly TlvNode[]): Message | string {
  const places = placesOf(kind);
  const fields: Record<string, AnyValue> = {};
  let next = 0;
  for (const node of nodes) {
    const name = elementByTag(node.tag);
    const place = name === undefined ? -1 : places.findIndex((each) => each.name === name);
    if (name === undefined || place < 0) continue;
    if (fields[name] !== undefined) return `${name} is there twice`;
    if (place < next) return `${name} is out of order`;
    const missing = places.slice(next, place).find((each) => !each.optional);
    if (missing !== undefined) return missingText(missing.name, nodes, name);
    const flaw = elementFlaw(name, node.value);
    if (flaw !== undefined) return flaw;
    fields[name] = decodeElement(name, node.value);
    next = place + 1;
  }
  const missing = places.slice(next).find((each) => !each.optional);
  if (missing !== undefined) return `${missing.name} is missing`;
  return { kind, ...fields } as Message; // the layout is the proof: every place is filled with a value of its row
}

/** Something stands where an element is due: either that one comes later, or not at all. */
function missingText(due: ElementName, nodes: readonly TlvNode[], found: ElementName): string {
  const comesLater = nodes.some((node) => node.tag === elementSpec(due).tag);
  return comesLater ? `${found} is out of order, ${due} is due before it` : `${due} is missing`;
}

/** Presence that depends on a value: MSGRESULT goes with CC 0000 (5), and a debit result says CC only when negative (3). */
function ruleFlaw(message: Message): string | undefined {
  if (message.kind === "t-result") {
    const isPositive = message.CC === "0000";
    if (isPositive && message.MSGRESULT === undefined) return "MSGRESULT is missing, CC is 0000";
    if (!isPositive && message.MSGRESULT !== undefined) return `MSGRESULT is there, CC is ${message.CC}`;
  }
  if (message.kind === "debit-result" && message.CC === "0000") return "CC is 0000, it is only there when negative";
  return undefined;
}

/** Reading stopped behind a tag: the name of its element, to say whose length is wrong. */
function elementBefore(bytes: Uint8Array, offset: number): string {
  const name = elementByTag(((bytes[offset - 2] ?? 0) << 8) | (bytes[offset - 1] ?? 0));
  return `${name === undefined ? "" : `${name}, `}byte ${offset}: `;
}

function unrecognised(bytes: Uint8Array, reason: string): Unrecognised {
  return { kind: "unrecognised", reason, bytes };
}
