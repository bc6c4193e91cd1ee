/** Keeps session keys off the disk: evidence is read by people who must not be able to read the messages of others. */
import { unreachable } from "../../core/errors.ts";
import type { LinkName, TraceEvent } from "../../core/trace.ts";
import { keyPlaces, ZERO_DIGIT } from "./key-places.ts";
import { KnownKeys } from "./known-keys.ts";

/**
 * Overwrites transaction session keys (TSK) with zeros of the same length: where the specification puts them, and from
 * then on wherever they appear again. What is recorded in memory stays as it is.
 */
export class KeyMask {
  readonly #known = new KnownKeys();

  /** `event` itself when there is no key in its bytes. */
  event(event: TraceEvent): TraceEvent {
    switch (event.kind) {
      case "message": {
        const bytes = this.#bytes(event.link, event.bytes);
        return bytes === event.bytes ? event : { ...event, bytes };
      }
      case "fault": {
        const { before, after } = event;
        const masked = {
          what: this.text(event.what),
          ...(before && { before: this.#bytes(event.link, before) }),
          ...(after && { after: this.#bytes(event.link, after) }),
        };
        const isSame = masked.what === event.what && masked.before === before && masked.after === after;
        return isSame ? event : { ...event, ...masked };
      }
      case "log":
        return this.#log(event);
      case "note": {
        const text = this.text(event.text);
        return text === event.text ? event : { kind: "note", text };
      }
      default:
        return unreachable(event);
    }
  }

  #log(event: Extract<TraceEvent, { kind: "log" }>): TraceEvent {
    let isSame = true;
    const fields: Record<string, string | number | boolean | null> = {};
    for (const [name, value] of Object.entries(event.fields)) {
      const masked = typeof value === "string" ? this.text(value) : value;
      isSame &&= masked === value;
      fields[name] = masked;
    }
    return isSame ? event : { ...event, fields };
  }

  /** The same text when no known key is written in it. */
  text(text: string): string {
    if (this.#known.isEmpty) return text;
    let masked = text;
    for (const { start, end } of this.#known.inText(text)) {
      masked = masked.slice(0, start) + "0".repeat(end - start) + masked.slice(end);
    }
    return masked;
  }

  #bytes(link: LinkName | undefined, bytes: Uint8Array): Uint8Array {
    const places = keyPlaces(link, bytes);
    for (const { hex } of places) if (hex !== undefined) this.#known.learn(hex);
    if (this.#known.isEmpty && places.length === 0) return bytes;
    const inText = this.#known.inText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
    const inBytes = this.#known.inBytes(bytes);
    if (places.length + inText.length + inBytes.length === 0) return bytes;
    const copy = bytes.slice();
    for (const { start, end, zero } of places) copy.fill(zero, start, end);
    for (const { start, end } of inBytes) copy.fill(0, start, end);
    for (const { start, end } of inText) copy.fill(ZERO_DIGIT, start, end);
    return copy;
  }
}
