import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Data of DEBIT IEP, 53 bytes (card-edge.md 5.3): DEBITDATA in the messages. Amounts in minor units, identifiers as hex text. */
export type DebitData = StructureValue<typeof STRUCTURES.DEBITDATA>;

export const DEBIT_DATA_LENGTH = 53;

/** The 53 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeDebitData(value: DebitData): Uint8Array {
  return encodeStructure(STRUCTURES.DEBITDATA, value);
}

/** Reads 53 bytes in which every element is as it must be. Never throws. */
export function parseDebitData(bytes: Uint8Array): Parsed<DebitData> {
  return parseStructure(STRUCTURES.DEBITDATA, bytes);
}

/** Reads 53 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readDebitData(bytes: Uint8Array): Parsed<DebitData> {
  return readStructure(STRUCTURES.DEBITDATA, bytes);
}
