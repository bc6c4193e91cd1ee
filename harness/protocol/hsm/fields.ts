import { PursebenchError } from "../../core/errors.ts";

/**
 * One field of a command or answer: its name, what it is in code, its length in characters.
 *
 * kind      value in code                on the wire
 * hex       upper-case hex text          the same (nH)
 * digits    decimal digits as text       the same (BCD elements, and nN)
 * integer   number                       hex, big-endian
 * text      text                         printable ASCII
 */
export type HsmField = readonly [name: string, kind: "hex" | "digits" | "integer" | "text", chars: number];

export type HsmFields = readonly HsmField[];

type FieldValue<Kind extends HsmField[1]> = { integer: number; hex: string; digits: string; text: string }[Kind];

/** The value of such a list: its fields by name. */
export type HsmFieldsValue<Fields extends HsmFields> = {
  readonly [Field in Fields[number] as Field[0]]: FieldValue<Field[1]>;
};

const FORMS = {
  hex: /^[0-9A-F]*$/,
  digits: /^[0-9]*$/,
  integer: /^[0-9A-F]*$/,
  text: /^[\x20-\x7e]*$/,
} as const;

/** Length of a list in characters. */
export function fieldsLength(fields: HsmFields): number {
  return fields.reduce((sum, [, , chars]) => sum + chars, 0);
}

/** The characters of a list. Throws `PROTOCOL` when a field cannot hold its value. */
export function encodeFields<Fields extends HsmFields>(fields: Fields, value: HsmFieldsValue<Fields>): string {
  const values: Readonly<Record<string, string | number>> = value;
  return fields.map((field) => fieldText(field, values[field[0]])).join("");
}

/** The fields of just these characters, or undefined when length or characters are others. Never throws. */
export function decodeFields<Fields extends HsmFields>(
  fields: Fields,
  text: string,
): HsmFieldsValue<Fields> | undefined {
  const value: Record<string, string | number> = {};
  let at = 0;
  for (const [name, kind, chars] of fields) {
    const part = text.slice(at, at + chars);
    if (part.length !== chars || !FORMS[kind].test(part)) return undefined;
    value[name] = kind === "integer" ? Number.parseInt(part, 16) : part;
    at += chars;
  }
  // Each value was read by the kind of its field, which is that of its type.
  return at === text.length ? (value as HsmFieldsValue<Fields>) : undefined;
}

function fieldText([name, kind, chars]: HsmField, value: string | number | undefined): string {
  const text = typeof value === "number" ? integerText(value, chars) : (value ?? "").toUpperCase();
  if (text.length === chars && FORMS[kind].test(text)) return text;
  throw new PursebenchError("PROTOCOL", `${name} does not fit ${chars} characters`);
}

/** Too long when the number is; empty when it is no whole number from 0. */
function integerText(value: number, chars: number): string {
  return Number.isSafeInteger(value) && value >= 0 ? value.toString(16).toUpperCase().padStart(chars, "0") : "";
}
