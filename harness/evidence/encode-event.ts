import { messageOf, unreachable } from "../core/errors.ts";
import type { TraceEvent } from "../core/trace.ts";
import { type Describe, type EvidenceEvent, type KeptBytes, MAX_BYTES } from "./event.ts";

/** What a decoded message says beside its elements when a session key in it was overwritten. */
export const MASKED = { masked: "the session key is overwritten with zeros" } as const;

/** What a low layer reported, as evidence keeps it. Never throws, whatever `describe` makes of hostile bytes. */
export function encodeEvent(event: TraceEvent, describe: Describe, inReplyTo?: Uint8Array): EvidenceEvent {
  switch (event.kind) {
    case "message":
      return {
        kind: "message",
        link: event.link,
        from: event.from,
        to: event.to,
        ...(event.step === undefined ? {} : { step: event.step }),
        ...keep(event.bytes),
        ...decoded(event, describe, inReplyTo),
      };
    case "log":
      return {
        kind: "log",
        role: event.role,
        ...(event.step === undefined ? {} : { step: event.step }),
        entry: event.entry,
        ...(event.IDTRX === undefined ? {} : { IDTRX: event.IDTRX }),
        fields: event.fields,
      };
    case "fault":
      return {
        kind: "fault",
        ...(event.link === undefined ? {} : { link: event.link }),
        what: event.what,
        ...(event.before === undefined ? {} : { before: keep(event.before) }),
        ...(event.after === undefined ? {} : { after: keep(event.after) }),
      };
    case "note":
      return { kind: "note", text: event.text };
    default:
      return unreachable(event);
  }
}

/** Hex of at most `MAX_BYTES` bytes. */
export function keep(bytes: Uint8Array): KeptBytes {
  const kept = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BYTES));
  const hex = kept.toString("hex").toUpperCase();
  return bytes.length > MAX_BYTES ? { hex, length: bytes.length } : { hex };
}

function decoded(
  event: Extract<TraceEvent, { kind: "message" }>,
  describe: Describe,
  inReplyTo: Uint8Array | undefined,
): { decoded?: Readonly<Record<string, string>> } {
  if (event.bytes.length > MAX_BYTES) return {};
  try {
    const words = describe(event.link, event.from, event.bytes, inReplyTo);
    return isEmpty(words) ? {} : { decoded: words };
  } catch (thrown) {
    return { decoded: { undecodable: messageOf(thrown) } };
  }
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return false;
  return true;
}
