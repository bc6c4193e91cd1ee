import fc from "fast-check";
import { toHex } from "../../../core/bytes.ts";
import { type ElementName, elementSpec } from "../elements.ts";
import { type Message, type MessageKind, placesOf } from "../layouts.ts";

/** For property tests: any message of that kind, elements within their rows, optional ones now and then absent. */
export function anyMessage(kind: MessageKind): fc.Arbitrary<Message> {
  const places = placesOf(kind);
  const values = Object.fromEntries(places.map(({ name }) => [name, anyElement(name)]));
  const requiredKeys = places.filter((place) => !place.optional).map((place) => place.name);
  return fc.record(values, { requiredKeys }).map((fields) => withRules({ kind, ...fields } as Message));
}

/** Any value of that element. */
export function anyElement(name: ElementName): fc.Arbitrary<unknown> {
  const { kind, min, max, step = 1, lengths, from = 0, to = 256 ** max - 1, alphanumeric } = elementSpec(name);
  const most = Math.min(5, Math.floor((max - min) / step));
  const length = lengths ? fc.constantFrom(...lengths) : fc.integer({ min: 0, max: most }).map((n) => min + n * step);
  const bytes = length.chain((exact) => fc.uint8Array({ minLength: exact, maxLength: exact }));
  switch (kind) {
    case "integer":
      return fc.integer({ min: from, max: to });
    case "bytes":
      return bytes;
    case "hex":
      return bytes.map(toHex);
    case "bcd":
      return bytes.map((all) => toHex(all.map((byte) => (byte % 10) * 16 + ((byte >> 4) % 10))));
    case "ascii":
      return bytes.map((all) =>
        String.fromCharCode(...all.map((byte) => (alphanumeric ? 65 + (byte % 26) : 32 + (byte % 95)))),
      );
    default:
      return fc.string({ unit: "grapheme", maxLength: 60 });
  }
}

/** Presence that follows from CC. */
function withRules(message: Message): Message {
  if (message.kind === "t-result") {
    const MSGRESULT = message.MSGRESULT ?? new Uint8Array(39);
    const { kind, IDTERM, IDTRX, CC } = message;
    return CC === "0000" ? { ...message, MSGRESULT } : { kind, IDTERM, IDTRX, CC };
  }
  if (message.kind === "debit-result" && message.CC === "0000") return { ...message, CC: "9302" };
  return message;
}
