import { encodeStructure, type Parsed, parseStructure, readStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Answer to DEBIT IEP and to GET PREVIOUS IEP SIGNATURE, 16 bytes (card-edge.md 5.3): CARDRSP in the messages. Amounts in minor units, identifiers as hex text. */
export type CardResponse = StructureValue<typeof STRUCTURES.CARDRSP>;

export const CARD_RESPONSE_LENGTH = 16;

/** The 16 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeCardResponse(value: CardResponse): Uint8Array {
  return encodeStructure(STRUCTURES.CARDRSP, value);
}

/** Reads 16 bytes in which every element is as it must be. Never throws. */
export function parseCardResponse(bytes: Uint8Array): Parsed<CardResponse> {
  return parseStructure(STRUCTURES.CARDRSP, bytes);
}

/** Reads 16 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readCardResponse(bytes: Uint8Array): Parsed<CardResponse> {
  return readStructure(STRUCTURES.CARDRSP, bytes);
}
