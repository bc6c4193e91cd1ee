import {
  encodeStructure,
  type Parsed,
  parseStructure,
  readStructure,
  type StructureValue,
  writeStructure,
} from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** Message result of the PSAM, 39 bytes (psam-edge.md 4.4): MSGRESULT in the messages. Amounts in minor units, identifiers as hex text. */
export type MessageResult = StructureValue<typeof STRUCTURES.MSGRESULT>;

export const MESSAGE_RESULT_LENGTH = 39;

/** The 39 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeMessageResult(value: MessageResult): Uint8Array {
  return encodeStructure(STRUCTURES.MSGRESULT, value);
}

/** The 39 bytes with every element as it stands, allowed or not: what a card has said of itself is passed on. */
export function writeMessageResult(value: MessageResult): Uint8Array {
  return writeStructure(STRUCTURES.MSGRESULT, value);
}

/** Reads 39 bytes in which every element is as it must be. Never throws. */
export function parseMessageResult(bytes: Uint8Array): Parsed<MessageResult> {
  return parseStructure(STRUCTURES.MSGRESULT, bytes);
}

/** Reads 39 bytes as they stand, for roles that answer a wrong element with a status word. Never throws. */
export function readMessageResult(bytes: Uint8Array): Parsed<MessageResult> {
  return readStructure(STRUCTURES.MSGRESULT, bytes);
}
