import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Data of CREDIT IEP, 15 bytes (card-edge.md 5.2b): LOADDATA in the messages. MLDA in minor units, S2 as hex text. */
export type LoadData = StructureValue<typeof STRUCTURES.LOADDATA>;

export const LOAD_DATA_LENGTH = 15;

/** The 15 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeLoadData(value: LoadData): Uint8Array {
  return encodeStructure(STRUCTURES.LOADDATA, value);
}

/** Reads 15 bytes in which every element is as it must be. Never throws. */
export function parseLoadData(bytes: Uint8Array): Parsed<LoadData> {
  return parseStructure(STRUCTURES.LOADDATA, bytes);
}

/** Reads 15 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readLoadData(bytes: Uint8Array): Parsed<LoadData> {
  return readStructure(STRUCTURES.LOADDATA, bytes);
}
