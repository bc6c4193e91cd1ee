/**
 * Descriptions of benches and devices: YAML with a schema. Every complaint names file, line, field, what was found, what was
 * expected and the nearest known name. Scalars reach the schema as they are written, so that `0978` keeps its digits; the
 * helpers of `core/checked-yaml.ts` read them. (That reader never repeats a value, since its files hold keys; these do not.)
 */
import { isNode, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { didYouMean } from "./nearest.ts";

/** No description is longer. */
const MAX_BYTES = 1 << 20;

/** `true` or `yes`, `false` or `no`. */
export const yesNo = z.enum(["true", "false", "yes", "no"]).transform((text) => text === "true" || text === "yes");

/** Reads and checks a file. Throws `USAGE`; the message begins with `FILE:LINE:`. */
export function readYamlFile<T extends z.ZodType>(path: string, schema: T, what: string): z.output<T> {
  let text: string;
  try {
    text = readBoundedFile(path, MAX_BYTES).toString("utf8");
  } catch (cause) {
    throw new PursebenchError("USAGE", `${path}: this ${what} cannot be read: ${messageOf(cause)}`, {
      mend: `name a file that holds a ${what}`,
      cause,
    });
  }
  return parseYaml(text, path, schema, what);
}

/** The same for text at hand; `file` is for messages. */
export function parseYaml<T extends z.ZodType>(text: string, file: string, schema: T, what: string): z.output<T> {
  if (text.length > MAX_BYTES) throw new PursebenchError("USAGE", `${file}: a ${what} of more than ${MAX_BYTES} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) throw complaint(file, lines.linePos(syntax.pos[0]).line, `not YAML: ${syntax.message}`, what);
  const value = contentOf(document, file, what);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  // A misspelt field is also a missing one: say the former.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (!issue) throw complaint(file, 1, "not valid", what);
  const { path, key } = placeOf(issue);
  const line = lineOf(document.contents, path, key, lines);
  throw complaint(file, line, sentence(issue, valueAt(value, path), schema), what);
}

function contentOf(document: ReturnType<typeof parseDocument>, file: string, what: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw complaint(file, 1, `not YAML: ${messageOf(cause)}`, what);
  }
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** An unknown key stands inside of the object that the issue names. */
function placeOf(issue: Issue): { path: Path; key: string | undefined } {
  return { path: issue.path, key: issue.code === "unrecognized_keys" ? issue.keys[0] : undefined };
}

function sentence(issue: Issue, found: unknown, schema: z.ZodType): string {
  const field = issue.path.map(String).join(".") || "the file";
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = keysOf(schemaAt(schema, issue.path));
    return `unknown field "${key}" in ${field}${didYouMean(key, known)} Expected: ${known.join(", ")}`;
  }
  if (issue.code === "invalid_value") {
    const known = issue.values.map(String);
    const hint = typeof found === "string" ? didYouMean(found, known) : "";
    return `${field}: found ${shown(found)}, expected ${known.join(" or ")}${hint}`;
  }
  if (found === undefined) return `${field} is missing: ${expectation(issue)}`;
  return `${field}: found ${shown(found)}, ${expectation(issue)}`;
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  return issue.message.startsWith("Invalid") ? `expected something else (${issue.message})` : issue.message;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

/** The line of the node, or of the nearest one around it that exists. */
function lineOf(root: Node | null, path: Path, key: string | undefined, lines: LineCounter): number {
  let offset = root?.range?.[0] ?? 0;
  let at: unknown = root;
  for (const part of key === undefined ? path : [...path, key]) {
    const next = childOf(at, part);
    if (!next) break;
    offset = next.offset;
    at = next.value;
  }
  return lines.linePos(offset).line;
}

function childOf(node: unknown, part: PropertyKey): { offset: number; value: unknown } | undefined {
  if (!isNode(node) || !("items" in node) || !Array.isArray(node.items)) return undefined;
  const items: readonly unknown[] = node.items;
  if (typeof part === "number") {
    const value = items[part];
    return isNode(value) ? { offset: value.range?.[0] ?? 0, value } : undefined;
  }
  for (const item of items) {
    if (typeof item !== "object" || item === null || !("key" in item) || !isNode(item.key)) continue;
    if (String(item.key) === String(part)) {
      return { offset: item.key.range?.[0] ?? 0, value: "value" in item ? item.value : undefined };
    }
  }
  return undefined;
}

/** The schema of the part at `path`, as far as it is made of objects and lists. */
function schemaAt(schema: unknown, path: Path): unknown {
  let at = unwrapped(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrapped(at.shape[String(key)]);
    else if (at instanceof z.ZodArray) at = unwrapped(at.element);
    else return undefined;
  }
  return at;
}

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodNullable) at = at.unwrap();
  return at;
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function complaint(file: string, line: number, message: string, what: string): PursebenchError {
  return new PursebenchError("USAGE", `${file}:${line}: ${message}`, { mend: `correct this line of the ${what}` });
}
