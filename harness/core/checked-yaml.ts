/**
 * YAML files written by hand, read against a schema, with errors that name file, line and field. Messages never repeat a
 * value of the file: it may be a key.
 */
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { PursebenchError } from "./errors.ts";

const MAX_LENGTH = 262_144;

/**
 * The content of `text` as `schema` wants it. Scalars reach the schema as the text that stands in the file, so that
 * `0978` keeps its digits; the helpers below read them. Throws `USAGE` naming `fileName`, line and field.
 */
export function readCheckedYaml<T>(text: string, fileName: string, schema: z.ZodType<T>): T {
  if (text.length > MAX_LENGTH) throw usage(fileName, 1, `the file has more than ${MAX_LENGTH} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const [flaw] = document.errors;
  // The parser's own message may quote the file.
  if (flaw) throw usage(fileName, lines.linePos(flaw.pos[0]).line, `no valid YAML (${flaw.code})`);
  const result = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  throw usage(fileName, lineOf(document, lines, path), `${fieldName(path)}: ${issue?.message ?? "not as expected"}`);
}

/** Exactly `count` decimal digits, kept as text. */
export function digits(count: number): z.ZodType<string> {
  return z.string(`expected ${count} digits`).regex(new RegExp(`^[0-9]{${count}}$`), `expected ${count} digits`);
}

/** Exactly `length` bytes in hex, as upper-case text without blanks. */
export function hexBytes(length: number): z.ZodType<string> {
  const expected = `expected ${length} bytes in hex (${2 * length} digits)`;
  return z
    .string(expected)
    .transform((text) => text.replace(/\s+/g, "").toUpperCase())
    .refine((text) => text.length === 2 * length && /^[0-9A-F]*$/.test(text), expected);
}

/** A whole decimal number from `low` to `high`; underscores may group its digits. */
export function wholeNumber(low: number, high: number): z.ZodType<number> {
  const expected = `expected a whole number from ${low} to ${high}`;
  return z
    .string(expected)
    .regex(/^[0-9][0-9_]{0,20}$/, expected)
    .transform((text) => Number(text.replaceAll("_", "")))
    .refine((value) => value >= low && value <= high, expected);
}

/** One of the words. */
export function oneOf<const W extends readonly [string, ...string[]]>(...words: W): z.ZodType<W[number]> {
  return z.enum(words, `expected one of ${words.join(", ")}`);
}

function usage(fileName: string, line: number, message: string): PursebenchError {
  return new PursebenchError("USAGE", `${fileName}:${line}: ${message}`);
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "the file" : path.map(String).join(".");
}

/** Line of the field, or of the nearest thing around it that is there. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function hasRange(node: unknown): node is { range: readonly [number, ...number[]] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
