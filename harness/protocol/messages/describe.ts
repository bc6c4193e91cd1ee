import { toHex } from "../../core/bytes.ts";
import type { LinkName, RoleName } from "../../core/trace.ts";
import { findTlv } from "../tlv/find-tlv.ts";
import { parseTlv } from "../tlv/read-tlv.ts";
import { describeCommand, describeResponse } from "./describe-apdu.ts";
import { type Description, describeElement, describeStructure, withAmounts } from "./describe-structure.ts";
import { type ElementName, elementSpec } from "./elements.ts";
import { isCardSide, messageBody } from "./label.ts";
import { kindOfTag, type MessageKind, placesOf } from "./layouts.ts";
import { parseMessage } from "./message.ts";
import type { StructureName } from "./structures.ts";

/**
 * What passes on a link, in words: element name -> readable text, for evidence and reports. Never throws.
 * `inReplyTo` is the request that a response on 235, SAM or 234 answers.
 */
export function describe(link: LinkName, from: RoleName, bytes: Uint8Array, inReplyTo?: Uint8Array): Description {
  switch (link) {
    case "235":
    case "SAM":
      return isCardSide(from) ? describeResponse(link, bytes, inReplyTo) : describeCommand(link, bytes);
    case "LAN":
      return { header: toHex(bytes.subarray(0, 4)), ...describeMessage(messageBody(link, bytes)) };
    case "cable":
    case "236":
    case "line":
      return describeMessage(bytes);
    case "234":
      return describeHttp(bytes);
    case "ui":
      return { text: new TextDecoder().decode(bytes) };
    default:
      return { bytes: toHex(bytes) };
  }
}

/** A TLV message in words; what it is not allowed to be is said beside what can be read of it. */
export function describeMessage(bytes: Uint8Array): Description {
  const message = parseMessage(bytes);
  const kind = kindOfTag(bytes[0] ?? 0);
  if (message.kind !== "unrecognised") return { message: message.kind, ...elementsText(message.kind, bytes) };
  return {
    message: "unrecognised",
    reason: message.reason,
    ...(kind === undefined ? {} : elementsText(kind, bytes)),
    bytes: toHex(bytes),
  };
}

function elementsText(kind: MessageKind, bytes: Uint8Array): Description {
  const parsed = parseTlv(bytes);
  const children = parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
  const description: Description = {};
  for (const { name } of placesOf(kind)) {
    const node = findTlv(children, elementSpec(name).tag ?? 0);
    if (node !== undefined) addElement(description, name, node.value);
  }
  return withAmounts(description);
}

/** An element; one that is a structure is followed by its own elements as "INITRSP.BALIEP". */
function addElement(description: Description, name: ElementName, value: Uint8Array): void {
  description[name] = describeElement(name, value);
  const structure = structureOf(name);
  if (structure === undefined) return;
  const inside = describeStructure(structure, value);
  for (const element in inside) description[`${name}.${element}`] = inside[element] ?? "";
}

function structureOf(name: ElementName): StructureName | undefined {
  switch (name) {
    case "INITRSP":
    case "DEBITDATA":
    case "CARDRSP":
    case "MSGRESULT":
      return name;
    default:
      return undefined;
  }
}

/** "POST /checkout\n\nbody" or "200\n\nbody": the first line, and the body as it is. */
function describeHttp(bytes: Uint8Array): Description {
  const [first = "", ...rest] = new TextDecoder().decode(bytes).split("\n\n");
  return { http: first, body: rest.join("\n\n") };
}
