import { INIT_RESPONSE_LENGTH } from "./init-response.ts";
import { encodeStructure, type Parsed, parseStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Answer to INITIALIZE IEP for load, 35 bytes (card-edge.md 5.2a): LOADRSP in the messages: INITRSP and S1. */
export type LoadResponse = StructureValue<typeof STRUCTURES.LOADRSP>;

export const LOAD_RESPONSE_LENGTH = 35;

/** The 35 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeLoadResponse(value: LoadResponse): Uint8Array {
  return encodeStructure(STRUCTURES.LOADRSP, value);
}

/** Reads 35 bytes in which every element is as it must be. Never throws. */
export function parseLoadResponse(bytes: Uint8Array): Parsed<LoadResponse> {
  return parseStructure(STRUCTURES.LOADRSP, bytes);
}

/** INITRSP (27 bytes) and S1 (8) out of LOADRSP. */
export function partsOfLoadResponse(LOADRSP: Uint8Array): { readonly INITRSP: Uint8Array; readonly S1: Uint8Array } {
  return { INITRSP: LOADRSP.slice(0, INIT_RESPONSE_LENGTH), S1: LOADRSP.slice(INIT_RESPONSE_LENGTH) };
}
