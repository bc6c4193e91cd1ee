import { decodeElement, elementFlaw, encodeElement, writeElement } from "./element-value.ts";
import { type ElementName, type ElementValue, elementSpec } from "./elements.ts";

/** Elements of fixed length that stand side by side without tags. */
export type Structure = readonly ElementName[];

/** The value of such a structure: its elements as fields, values as `elements.ts` says. */
export type StructureValue<S extends Structure> = { readonly [Name in S[number]]: ElementValue<Name> };

/** What reading outside bytes gives: a value, or why there is none. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Length of a structure in bytes. */
export function structureLength(structure: Structure): number {
  let length = 0;
  for (const name of structure) length += elementSpec(name).max;
  return length;
}

/** The bytes of a structure. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeStructure<S extends Structure>(structure: S, value: StructureValue<S>): Uint8Array {
  return bytesOf(structure, value, encodeElement);
}

/** What `readStructure` reads: values as they stand, allowed or not. Throws `PROTOCOL` for one of another length or kind. */
export function writeStructure<S extends Structure>(structure: S, value: StructureValue<S>): Uint8Array {
  return bytesOf(structure, value, writeElement);
}

function bytesOf<S extends Structure>(
  structure: S,
  value: StructureValue<S>,
  encode: (name: ElementName, value: ElementValue<ElementName>) => Uint8Array,
): Uint8Array {
  const values: Readonly<Record<string, ElementValue<ElementName>>> = value;
  const bytes = new Uint8Array(structureLength(structure));
  let offset = 0;
  for (const name of structure) {
    bytes.set(encode(name, values[name] ?? ""), offset);
    offset += elementSpec(name).max;
  }
  return bytes;
}

/**
 * The elements of a structure as they stand, whether or not their values are allowed: for roles that must answer a wrong
 * value with a status word of their own. Only the length can be wrong.
 */
export function readStructure<S extends Structure>(structure: S, bytes: Uint8Array): Parsed<StructureValue<S>> {
  const length = structureLength(structure);
  if (bytes.length !== length) return { ok: false, reason: `${bytes.length} bytes, not ${length}` };
  const value: Partial<Record<ElementName, ElementValue<ElementName>>> = {};
  eachElement(structure, bytes, (name, part) => {
    value[name] = decodeElement(name, part);
  });
  return { ok: true, value: value as StructureValue<S> };
}

/** The same, and every element must hold a value that `elements.ts` allows. Never throws. */
export function parseStructure<S extends Structure>(structure: S, bytes: Uint8Array): Parsed<StructureValue<S>> {
  const read = readStructure(structure, bytes);
  if (!read.ok) return read;
  let reason: string | undefined;
  eachElement(structure, bytes, (name, part) => {
    reason ??= elementFlaw(name, part);
  });
  return reason === undefined ? read : { ok: false, reason };
}

function eachElement(
  structure: Structure,
  bytes: Uint8Array,
  visit: (name: ElementName, part: Uint8Array) => void,
): void {
  let offset = 0;
  for (const name of structure) {
    const end = offset + elementSpec(name).max;
    visit(name, bytes.subarray(offset, end));
    offset = end;
  }
}
