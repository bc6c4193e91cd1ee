import { fromHex, toHex } from "../../core/bytes.ts";
import type { LinkName, RoleName } from "../../core/trace.ts";
import { describeHsm } from "../hsm/describe.ts";
import { findTlv } from "../tlv/find-tlv.ts";
import { parseTlv } from "../tlv/read-tlv.ts";
import { parseDelivery } from "./delivery.ts";
import { describeCommand, describeResponse } from "./describe-apdu.ts";
import { type DataName, describeData, prefixed } from "./describe-data.ts";
import { type Description, describeElement, withAmounts } from "./describe-structure.ts";
import { type ElementName, elementSpec } from "./elements.ts";
import { isCardSide, messageBody } from "./label.ts";
import { kindOfTag, type MessageKind, placesOf } from "./layouts.ts";
import { encodeMessage, parseMessage } from "./message.ts";

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
      return {
        header: toHex(bytes.subarray(0, 4)),
        ...describeMessage(messageBody(link, bytes), asked(link, inReplyTo)),
      };
    case "cable":
    case "236":
    case "237":
    case "line":
      return describeMessage(bytes, asked(link, inReplyTo));
    case "234":
    case "238":
      return describeHttp(bytes);
    case "batch":
      return describeBatch(bytes);
    case "HSM":
      return describeHsm(bytes);
    case "ui":
      return { text: new TextDecoder().decode(bytes) };
    default:
      return { bytes: toHex(bytes) };
  }
}

/** The message that one of a link answers, without what stands before it there. */
function asked(link: LinkName, inReplyTo: Uint8Array | undefined): Uint8Array | undefined {
  return inReplyTo && messageBody(link, inReplyTo);
}

/**
 * A TLV message in words; what it is not allowed to be is said beside what can be read of it. `inReplyTo`: the message
 * that it answers, for the answer of a security card inside.
 */
export function describeMessage(bytes: Uint8Array, inReplyTo?: Uint8Array): Description {
  const message = parseMessage(bytes);
  const kind = kindOfTag(bytes[0] ?? 0);
  if (message.kind !== "unrecognised")
    return { message: message.kind, ...elementsText(message.kind, bytes, inReplyTo) };
  return {
    message: "unrecognised",
    reason: message.reason,
    ...(kind === undefined ? {} : elementsText(kind, bytes)),
    bytes: toHex(bytes),
  };
}

function elementsText(kind: MessageKind, bytes: Uint8Array, inReplyTo?: Uint8Array): Description {
  const parsed = parseTlv(bytes);
  const children = parsed.ok ? (parsed.nodes[0]?.children ?? []) : [];
  const description: Description = {};
  for (const { name } of placesOf(kind)) {
    const node = findTlv(children, elementSpec(name).tag ?? 0);
    if (node !== undefined) addElement(description, name, node.value, inReplyTo);
  }
  return withAmounts(description);
}

/** An element; one that is a structure is followed by its own elements as "INITRSP.BALIEP". */
function addElement(description: Description, name: ElementName, value: Uint8Array, inReplyTo?: Uint8Array): void {
  description[name] = describeElement(name, value);
  Object.assign(description, prefixed(name, insideOf(name, value, inReplyTo)));
}

function insideOf(name: ElementName, value: Uint8Array, inReplyTo: Uint8Array | undefined): Description {
  if (name === "APDU") return describeCommand("SAM", value);
  if (name === "RAPDU") return describeResponse("SAM", value, commandIn(inReplyTo));
  const data = DATA_OF.get(name);
  return data === undefined ? {} : describeData(data, value);
}

/** The command for a security card that a terminal message carries. */
function commandIn(bytes: Uint8Array | undefined): Uint8Array | undefined {
  const message = bytes && parseMessage(bytes);
  return message?.kind === "t-apdu" ? message.APDU : undefined;
}

/** The elements that are more than one value. */
const DATA_OF: ReadonlyMap<ElementName, DataName> = new Map<ElementName, DataName>([
  ["INITRSP", "INITRSP"],
  ["DEBITDATA", "DEBITDATA"],
  ["CARDRSP", "CARDRSP"],
  ["MSGRESULT", "MSGRESULT"],
  ["EXPECTED", "CARDRSP"],
  ["CERTS", "CERTS"],
  ["PSAMCERT", "CERTIFICATE"],
  ["SESSKEY", "SESSKEY"],
  ["CLEARCONF", "CLEARCONF"],
  ["LOADINIT", "LOADINIT"],
  ["LOADRSP", "LOADRSP"],
  ["LOADDATA", "LOADDATA"],
  ["BALANCE", "BALANCE"],
  ["CARDINFO", "CARDINFO"],
  ["LINES", "LINES"],
  ["UPDATE", "UPDATE"],
]);

/** "POST /checkout\n\nbody" or "200\n\nbody": the first line, and the body as it is. */
/** On link batch the body is a message in hex (`clearing.md` 4). */
function describeBatch(bytes: Uint8Array): Description {
  const { http = "", body = "" } = describeHttp(bytes);
  if (!/^(BC|B[89A-D])([0-9A-F]{2})+$/.test(body)) return { http, body };
  const message = fromHex(body);
  if (message[0] !== 0xbc) return { http, ...describeMessage(message) };
  const delivery = parseDelivery(message);
  if (!delivery.ok) return { http, body, reason: delivery.reason };
  const parts = delivery.messages.map((each, index) => prefixed(`${index + 1}`, describeMessage(encodeMessage(each))));
  return Object.assign({ http }, ...parts);
}

function describeHttp(bytes: Uint8Array): Description {
  const [first = "", ...rest] = new TextDecoder().decode(bytes).split("\n\n");
  return { http: first, body: rest.join("\n\n") };
}
