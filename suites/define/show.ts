import { toHex } from "../../harness/core/bytes.ts";

/** A value in a failure's words: text in quotes, bytes in hex, the rest as JSON; at most 400 characters. */
export function show(value: unknown): string {
  const text = shown(value);
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Uint8Array) return `'${toHex(value)}'`;
  if (typeof value === "bigint") return value.toString();
  return (
    JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Uint8Array ? toHex(inner) : inner)) ??
    String(value)
  );
}
