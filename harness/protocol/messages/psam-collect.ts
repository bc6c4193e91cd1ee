import { concat, fromHex } from "../../core/bytes.ts";
import { splitLines } from "./collection-lines.ts";
import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { decodeElement, encodeElement } from "./element-value.ts";
import { type CommandHeader, command } from "./header.ts";

/** COLLECT (psam-edge.md 4.8): DIGEST 32, number of lines 1, lines n x 16; Le 0C. */
export const PSAM_COLLECT: CommandHeader = { cla: 0x90, ins: 0x76, p1: 0x00, p2: 0x00 };
/** Shortest and longest data, in bytes. */
export const COLLECT_LENGTHS = [0x31, 0xf1] as const;
export const COLLECT_ANSWER_LENGTH = 12;

/** END OF COLLECTION (psam-edge.md 4.9): NTCOL 4, S5 8. */
export const PSAM_END_OF_COLLECTION: CommandHeader = { cla: 0x90, ins: 0x7a, p1: 0x00, p2: 0x00 };
export const END_OF_COLLECTION_LENGTH = 12;

/** What is to be collected; with other bytes a case asks for what no payment server does. */
export interface CollectRequest {
  /** 64 hex digits. */
  readonly DIGEST: string;
  /** n x 16 bytes (`collection-lines.ts`). */
  readonly LINES: Uint8Array;
}

export interface CollectAnswer {
  /** Number of the collection, 1 the first. */
  readonly NTCOL: number;
  /** 8 bytes. */
  readonly S4: Uint8Array;
}

export function encodeCollectCommand({ DIGEST, LINES }: CollectRequest): Uint8Array {
  const count = Uint8Array.of(splitLines(LINES).length);
  return command(PSAM_COLLECT, concat(fromHex(DIGEST), count, LINES), COLLECT_ANSWER_LENGTH);
}

/** Never throws. */
export function parseCollectResponse(response: Uint8Array): CommandResult<CollectAnswer> {
  return commandResult(response, (data) =>
    data.length === COLLECT_ANSWER_LENGTH
      ? { ok: true, value: { NTCOL: decodeElement("NTCOL", data.subarray(0, 4)), S4: data.slice(4) } }
      : { ok: false, reason: `${data.length} bytes, not ${COLLECT_ANSWER_LENGTH}` },
  );
}

/** Answer data, 12 bytes. */
export function encodeCollectAnswer({ NTCOL, S4 }: CollectAnswer): Uint8Array {
  return concat(encodeElement("NTCOL", NTCOL), S4);
}

/** `NTCOL`: 0..FFFFFFFF; `S5`: 8 bytes. */
export function encodeEndOfCollectionCommand(NTCOL: number, S5: Uint8Array): Uint8Array {
  return command(PSAM_END_OF_COLLECTION, concat(encodeElement("NTCOL", NTCOL), S5));
}

/** Never throws. */
export function parseEndOfCollectionResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
