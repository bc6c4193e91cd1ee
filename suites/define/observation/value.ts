/**
 * Values as observations keep them: plain JSON as it is, everything else as an object of one member whose name begins with `$`.
 *
 * | form | is |
 * | --- | --- |
 * | `{"$x": "6F12"}`, `{"$b": "6F12"}` | bytes, as `Uint8Array` and as `Buffer` |
 * | `{"$u": 0}` | undefined |
 * | `{"$n": "NaN"}`, `{"$i": "12"}`, `{"$d": 0}` | a number that JSON lacks; a bigint; a date, ms |
 * | `{"$m": [[k, v]]}`, `{"$s": [v]}` | a map, a set |
 * | `{"$o": [[name, v]]}`, `{"$z": [[name, v]]}` | an object with a name that begins with `$`; one without prototype |
 * | `{"$e": {…}}` | an error |
 * | `{"$r": [1, 4, 7, 7]}`, `{"$l": 4}` | recorded events by their lines, from, to and so on; one of them |
 * | `{"$h": 3}`, `{"$f": 0}` | something with methods; a function among the arguments of a call |
 * | `{"$lost": "why"}` | something that is no value |
 */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import { messageOf, PursebenchError } from "../../../harness/core/errors.ts";
import type { Json } from "../../../harness/evidence/event.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";

/** Objects in objects; what is deeper is no value. */
const MAX_DEPTH = 40;

/** What cannot be kept, or what is kept and cannot be made a value again. */
export class NoValue extends Error {}

/** Names what is no data: things with methods, functions. Undefined for data. */
export type Name = (value: object) => Json | undefined;

/** Throws `NoValue` for what is none: symbols, cycles, objects with methods that `name` does not know. */
export function encodeValue(value: unknown, name: Name, depth = 0): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $n: Object.is(value, -0) ? "-0" : `${value}` };
    case "undefined":
      return { $u: 0 };
    case "bigint":
      return { $i: value.toString() };
    case "object":
    case "function":
      return value === null ? null : encodeObject(value, name, depth);
    default:
      throw new NoValue(`a ${typeof value}`);
  }
}

function encodeObject(value: object, name: Name, depth: number): Json {
  if (depth > MAX_DEPTH) throw new NoValue("an object in itself");
  if (value instanceof Uint8Array) return Buffer.isBuffer(value) ? { $b: toHex(value) } : { $x: toHex(value) };
  if (Array.isArray(value)) return encodeArray(value, name, depth);
  const named = name(value);
  if (named !== undefined) return named;
  const inner = (each: unknown) => encodeValue(each, name, depth + 1);
  if (value instanceof Date) return { $d: value.getTime() };
  if (value instanceof Map) return { $m: [...value].map(([key, each]) => [inner(key), inner(each)]) };
  if (value instanceof Set) return { $s: [...value].map(inner) };
  if (value instanceof Error) return encodeError(value);
  if (isRecorded(value)) return { $l: value.n };
  return encodePlain(value, inner);
}

function encodeArray(value: readonly unknown[], name: Name, depth: number): Json {
  if (value.length > 0 && value.every(isRecorded)) return { $r: spans(value.map(({ n }) => n)) };
  return Array.from(value, (each) => encodeValue(each, name, depth + 1));
}

function encodePlain(value: object, inner: (each: unknown) => Json): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isBare = prototype === null;
  if (!isBare && prototype !== Object.prototype) throw new NoValue(`an object of class ${value.constructor.name}`);
  const entries = Object.entries(value).map(([key, each]) => [key, inner(each)] as const);
  if (isBare) return { $z: entries };
  return entries.some(([key]) => key.startsWith("$")) ? { $o: entries } : Object.fromEntries(entries);
}

function encodeError(error: Error): Json {
  if (!(error instanceof PursebenchError)) return { $e: { name: error.name, message: messageOf(error) } };
  const { code, message, owner, mend } = error;
  return { $e: { code, message, owner, ...(mend === undefined ? {} : { mend }) } };
}

function isRecorded(value: unknown): value is RecordedEvent {
  if (typeof value !== "object" || value === null || !("atMs" in value) || !("n" in value)) return false;
  if (!("kind" in value) || !Number.isSafeInteger(value.n)) return false;
  return value.kind === "message" || value.kind === "log" || value.kind === "fault" || value.kind === "note";
}

/** First and last of each run of neighbours. */
function spans(numbers: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (const n of numbers) {
    if (found.length > 0 && found.at(-1) === n - 1) found[found.length - 1] = n;
    else found.push(n, n);
  }
  return found;
}

/** Where what is no data comes from. All may throw `NoValue`. */
export interface Sources {
  handle(id: number): unknown;
  event(n: number): RecordedEvent;
  /** Text or bytes as they were before evidence overwrote keys in them; as they are when absent. */
  readonly told?: (<T extends string | Uint8Array>(value: T) => T) | undefined;
}

/** The value again. Throws `NoValue` for what is no value of this form. */
export function decodeValue(json: Json, sources: Sources): unknown {
  const inner = (each: Json) => decodeValue(each, sources);
  if (typeof json === "string") return sources.told?.(json) ?? json;
  if (typeof json !== "object" || json === null) return json;
  if (isList(json)) return json.map(inner);
  const [entry, second] = Object.entries(json);
  if (entry?.[0].startsWith("$") && second === undefined) return decodeTagged(entry[0], entry[1], sources);
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, inner(each)]));
}

function decodeTagged(tag: string, json: Json, sources: Sources): unknown {
  const inner = (each: Json) => decodeValue(each, sources);
  switch (tag) {
    case "$x":
      return sources.told?.(fromHex(textOf(json))) ?? fromHex(textOf(json));
    case "$b":
      return Buffer.from(textOf(json), "hex");
    case "$u":
      return undefined;
    case "$n":
      return Number(textOf(json));
    case "$i":
      return BigInt(textOf(json));
    case "$d":
      return new Date(numberOf(json));
    case "$m":
      return new Map(pairsOf(json).map(([key, each]) => [inner(key), inner(each)]));
    case "$s":
      return new Set(listOf(json).map(inner));
    case "$o":
      return Object.fromEntries(pairsOf(json).map(([key, each]) => [key, inner(each)]));
    case "$z":
      return bare(pairsOf(json).map(([key, each]) => [textOf(key), inner(each)]));
    case "$e":
      return decodeError(json);
    case "$r":
      return eventsIn(listOf(json).map(numberOf), sources);
    case "$l":
      return sources.event(numberOf(json));
    case "$h":
      return sources.handle(numberOf(json));
    case "$lost":
      throw new NoValue(`it was not kept: ${textOf(json)}`);
    default:
      throw new NoValue(`${tag} is no form of a value`);
  }
}

function bare(entries: readonly (readonly [string, unknown])[]): object {
  const made: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) made[name] = value;
  return made;
}

function eventsIn(ends: readonly number[], { event }: Sources): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (let index = 0; index < ends.length; index += 2) {
    const [from = 0, to = -1] = ends.slice(index, index + 2);
    for (let n = from; n <= to; n++) events.push(event(n));
  }
  return events;
}

type ErrorOptions = NonNullable<ConstructorParameters<typeof PursebenchError>[2]>;

function decodeError(json: Json): Error {
  if (typeof json !== "object" || json === null || isList(json)) throw new NoValue("no error");
  const { name, code, message, owner, mend } = json as Record<string, Json | undefined>;
  const text = textOf(message ?? "");
  if (code !== undefined) {
    const options = { ...(owner ? { owner } : {}), ...(mend ? { mend } : {}) } as ErrorOptions;
    return new PursebenchError(textOf(code) as PursebenchError["code"], text, options);
  }
  return Object.assign(new Error(text), { name: textOf(name ?? "Error") });
}

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function listOf(json: Json): readonly Json[] {
  if (isList(json)) return json;
  throw new NoValue("no list");
}

function pairsOf(json: Json): readonly (readonly [Json, Json])[] {
  return listOf(json).map((each) => {
    const [key = null, value = null] = listOf(each);
    return [key, value];
  });
}

function textOf(json: Json): string {
  if (typeof json === "string") return json;
  throw new NoValue("no text");
}

function numberOf(json: Json): number {
  if (typeof json === "number") return json;
  throw new NoValue("no number");
}

/** One text for equal values, whatever the order of their members. */
export function canonical(json: Json): string {
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  if (isList(json)) return `[${json.map(canonical).join(",")}]`;
  const members = Object.entries(json).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}
