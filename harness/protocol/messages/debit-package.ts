import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Data of PACKAGE: DEBIT, 34 bytes (psam-edge.md 4.3): PACKAGE in the messages. Amounts in minor units, identifiers as hex text. */
export type DebitPackage = StructureValue<typeof STRUCTURES.PACKAGE>;

export const DEBIT_PACKAGE_LENGTH = 34;

/** The 34 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeDebitPackage(value: DebitPackage): Uint8Array {
  return encodeStructure(STRUCTURES.PACKAGE, value);
}

/** Reads 34 bytes in which every element is as it must be. Never throws. */
export function parseDebitPackage(bytes: Uint8Array): Parsed<DebitPackage> {
  return parseStructure(STRUCTURES.PACKAGE, bytes);
}

/** Reads 34 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readDebitPackage(bytes: Uint8Array): Parsed<DebitPackage> {
  return readStructure(STRUCTURES.PACKAGE, bytes);
}
