/** What is no data: objects with methods, and functions. */

/** Names that no interface of a system has, and that the language asks any object for. */
const ASKED_BY_THE_LANGUAGE = new Set<string>([
  "then",
  "toJSON",
  "prototype",
  ...Object.getOwnPropertyNames(Object.prototype),
  ...["apply", "bind", "call"],
]);

/** What a property is called in an observation; undefined where it is none of the system's. */
export function wordFor(name: string | symbol): string | undefined {
  if (name === Symbol.dispose) return "[dispose]";
  if (name === Symbol.asyncDispose) return "[asyncDispose]";
  return typeof name === "symbol" || ASKED_BY_THE_LANGUAGE.has(name) ? undefined : name;
}

/** Functions, objects that have one, and instances of classes that have some. Arrays, bytes, dates, maps, sets and errors are data. */
export function isThing(value: unknown): value is object {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || isKnownData(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return true;
  for (const name of Reflect.ownKeys(value)) {
    if (typeof Object.getOwnPropertyDescriptor(value, name)?.value === "function") return true;
  }
  return false;
}

function isKnownData(value: object): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Uint8Array ||
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Error
  );
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Objects in objects. */
const MAX_DEPTH = 40;

/** `value` with every object and function in it, through arrays and plain objects, for which `other` knows another; the same where there is none. */
export function replaced(value: unknown, other: (each: object) => object | undefined, depth = 0): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || depth > MAX_DEPTH) return value;
  const found = other(value);
  if (found !== undefined) return found;
  const inner = (each: unknown) => replaced(each, other, depth + 1);
  if (Array.isArray(value)) {
    const made = value.map(inner);
    return made.every((each, index) => Object.is(each, value[index])) ? value : made;
  }
  if (typeof value === "function" || isKnownData(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, inner(each)] as const);
  const isSame = entries.every(([name, each]) => Object.is(each, Reflect.get(value, name)));
  return isSame ? value : Object.fromEntries(entries);
}
