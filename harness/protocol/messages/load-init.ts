import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Data of INITIALIZE IEP for load, 34 bytes (card-edge.md 5.2a): LOADINIT in the messages. MLDA in minor units, identifiers as hex text. */
export type LoadInit = StructureValue<typeof STRUCTURES.LOADINIT>;

export const LOAD_INIT_LENGTH = 34;

/** The 34 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeLoadInit(value: LoadInit): Uint8Array {
  return encodeStructure(STRUCTURES.LOADINIT, value);
}

/** Reads 34 bytes in which every element is as it must be. Never throws. */
export function parseLoadInit(bytes: Uint8Array): Parsed<LoadInit> {
  return parseStructure(STRUCTURES.LOADINIT, bytes);
}

/** Reads 34 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readLoadInit(bytes: Uint8Array): Parsed<LoadInit> {
  return readStructure(STRUCTURES.LOADINIT, bytes);
}
