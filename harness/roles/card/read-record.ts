import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { CARD_INFORMATION_FILE, encodeCardInformation, encodeLogRecord } from "../../protocol/messages/read-record.ts";
import { answered, type CardStep, refused } from "./answer.ts";
import type { CardState, Purse } from "./state.ts";

/** READ RECORD (card-edge.md 5.6). P1 and P2 have been checked. */
export function readRecord(state: CardState, apdu: CommandApdu): CardStep {
  const record = recordOf(state.purse, apdu.p2, apdu.p1);
  return record === undefined ? refused(state, 0x6a83) : answered(state, record);
}

/** Record `number` (1 = first or newest) of the file that P2 names. */
export function recordOf(purse: Purse, p2: number, number: number): Uint8Array | undefined {
  if (p2 === CARD_INFORMATION_FILE) return number === 1 ? encodeCardInformation(purse) : undefined;
  const entry = purse.log[number - 1];
  return entry && encodeLogRecord(entry);
}
