import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Answer to INITIALIZE IEP, 27 bytes (card-edge.md 5.2): INITRSP in the messages. Amounts in minor units, identifiers as hex text. */
export type InitResponse = StructureValue<typeof STRUCTURES.INITRSP>;

export const INIT_RESPONSE_LENGTH = 27;

/** The 27 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeInitResponse(value: InitResponse): Uint8Array {
  return encodeStructure(STRUCTURES.INITRSP, value);
}

/** Reads 27 bytes in which every element is as it must be. Never throws. */
export function parseInitResponse(bytes: Uint8Array): Parsed<InitResponse> {
  return parseStructure(STRUCTURES.INITRSP, bytes);
}

/** Reads 27 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readInitResponse(bytes: Uint8Array): Parsed<InitResponse> {
  return readStructure(STRUCTURES.INITRSP, bytes);
}
