import { PursebenchError } from "../../core/errors.ts";
import { parseTlv } from "../tlv/read-tlv.ts";
import { encodeTemplate } from "../tlv/write-tlv.ts";
import type { BatchAcknowledgement, BatchRefusal, Message, SystemUpdate, UpdateReceipt } from "./layouts.ts";
import { encodeMessage, MAX_MESSAGE_BYTES, parseMessage } from "./message.ts";

/** What may stand in a delivery (`clearing.md` 4). */
export type Delivered = BatchAcknowledgement | BatchRefusal | SystemUpdate | UpdateReceipt;

/** Template BC: the one message whose elements repeat. */
const DELIVERY = 0xbc;

/** A delivery of any number of messages, none included. Throws `PROTOCOL` above 65,536 bytes. */
export function encodeDelivery(messages: readonly Delivered[]): Uint8Array {
  const bytes = encodeTemplate(DELIVERY, ...messages.map(encodeMessage));
  if (bytes.length > MAX_MESSAGE_BYTES) throw new PursebenchError("PROTOCOL", `a delivery of ${bytes.length} bytes`);
  return bytes;
}

export type ParsedDelivery =
  | { readonly ok: true; readonly messages: readonly Delivered[] }
  | { readonly ok: false; readonly reason: string };

/** Reads a delivery: all of it or, with the reason, nothing. Never throws. */
export function parseDelivery(bytes: Uint8Array): ParsedDelivery {
  const parsed = parseTlv(bytes, { maxBytes: MAX_MESSAGE_BYTES, maxDepth: 4 });
  if (!parsed.ok) return { ok: false, reason: parsed.reason };
  const [template, trailing] = parsed.nodes;
  if (template?.tag !== DELIVERY) return { ok: false, reason: "no delivery" };
  if (trailing !== undefined) return { ok: false, reason: "something follows the delivery" };
  const messages: Delivered[] = [];
  for (const { tag, value } of template.children ?? []) {
    const message = parseMessage(encodeTemplate(tag, value));
    if (message.kind === "unrecognised") return { ok: false, reason: message.reason };
    if (!isDelivered(message)) return { ok: false, reason: `${message.kind} in a delivery` };
    messages.push(message);
  }
  return { ok: true, messages };
}

const KINDS: readonly string[] = ["batch-acknowledgement", "batch-refusal", "system-update", "update-receipt"];

function isDelivered(message: Message): message is Delivered {
  return KINDS.includes(message.kind);
}
