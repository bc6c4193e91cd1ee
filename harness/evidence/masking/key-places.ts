/** Where a transaction session key stands in a message (`messages.md` 2, 4; `load.md` 2 to 4): found by its place, whatever its value. */
import type { LinkName } from "../../core/trace.ts";
import { elementSpec } from "../../protocol/messages/elements.ts";
import { htmlTags } from "../../protocol/messages/html-tags.ts";
import { LAYOUTS } from "../../protocol/messages/layouts.ts";
import { parseTlv, type TlvNode } from "../../protocol/tlv/read-tlv.ts";

/** A key, and the bytes from `start` to before `end` that tell it. */
export interface KeyPlace {
  readonly start: number;
  readonly end: number;
  /** What to overwrite it with: the byte 00, or the digit 0 where it is written in hex. */
  readonly zero: number;
  /** Its bytes in hex, where they can be read. */
  readonly hex: string | undefined;
}

const TSK = elementSpec("TSK").tag ?? 0;
/** Messages that may carry a TSK: page and recovery, of a sale and of a load. */
const CARRIERS: ReadonlySet<number | undefined> = new Set(
  (["page", "recovery", "load-page", "load-recovery"] as const).map((kind) => LAYOUTS[kind].tag),
);
export const ZERO_DIGIT = 0x30;
/** The parameter of the merchant's page that holds it. */
const PARAMETER = "session-key";

/** `link` undefined: it may be anything. Never throws. */
export function keyPlaces(link: LinkName | undefined, bytes: Uint8Array): readonly KeyPlace[] {
  switch (link) {
    case "cable":
    case "236": // a load server that is asked directly sends its page here
      return inMessage(bytes);
    case "234":
      return inPage(bytes);
    case undefined:
      return [...inMessage(bytes), ...inPage(bytes)];
    default:
      return [];
  }
}

function inMessage(bytes: Uint8Array): readonly KeyPlace[] {
  if (!CARRIERS.has(bytes[0])) return [];
  const parsed = parseTlv(bytes, { lenient: true, maxBytes: bytes.length });
  return parsed.ok ? inNodes(parsed.nodes, bytes) : inRemains(bytes);
}

function inNodes(nodes: readonly TlvNode[], bytes: Uint8Array): readonly KeyPlace[] {
  return nodes.flatMap(({ tag, value, children = [] }) => {
    const start = value.byteOffset - bytes.byteOffset;
    return tag === TSK ? [placeAt(bytes, start, value.length)] : inNodes(children, bytes);
  });
}

/** A damaged message: rather a byte too many than a key that stays. */
function inRemains(bytes: Uint8Array): readonly KeyPlace[] {
  const places: KeyPlace[] = [];
  for (let at = 1; at + 2 < bytes.length; at++) {
    if (bytes[at] !== TSK >> 8 || bytes[at + 1] !== (TSK & 0xff)) continue;
    places.push(placeAt(bytes, at + 3, bytes[at + 2] ?? 0));
  }
  return places;
}

function placeAt(bytes: Uint8Array, start: number, length: number): KeyPlace {
  const value = bytes.subarray(start, start + length);
  return { start, end: start + value.length, zero: 0x00, hex: Buffer.from(value).toString("hex") };
}

/** Latin-1 keeps one character for each byte, so that places in the text are places in the bytes. */
function inPage(bytes: Uint8Array): readonly KeyPlace[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (!/<param/i.test(text)) return [];
  return htmlTags(text).flatMap(({ name, attributes, start, end }) => {
    if (name !== "param" || attributes.get("name")?.trim().toLowerCase() !== PARAMETER) return [];
    return valuesIn(text.slice(start, end)).map((value) => ({
      start: start + value.start,
      end: start + value.end,
      zero: ZERO_DIGIT,
      hex: attributes.get("value"),
    }));
  });
}

/** What stands behind each `value=` of a tag, without its quotes. */
function valuesIn(tag: string): readonly { readonly start: number; readonly end: number }[] {
  const found = tag.matchAll(/value\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/gi);
  return [...found].map(({ 0: whole, 1: double, 2: single, 3: bare, index }) => {
    const value = double ?? single ?? bare ?? "";
    const end = index + whole.length - (bare === undefined ? 1 : 0);
    return { start: end - value.length, end };
  });
}
