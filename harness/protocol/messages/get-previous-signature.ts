import { uintToBytes } from "../../core/bytes.ts";
import { CARD_RESPONSE_LENGTH } from "./card-response.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { type DebitAnswer, readDebitAnswer } from "./debit-iep.ts";
import { type CommandHeader, command } from "./header.ts";

/** GET PREVIOUS IEP SIGNATURE (card-edge.md 5.4): NTIEP 2, Le 10. */
export const GET_PREVIOUS_SIGNATURE: CommandHeader = { cla: 0x90, ins: 0x5a, p1: 0x01, p2: 0x00 };

/** `NTIEP`: number of the transaction asked for, 0 to FFFF. Throws `RangeError` otherwise. */
export function encodeGetPreviousSignatureCommand(NTIEP: number): Uint8Array {
  return command(GET_PREVIOUS_SIGNATURE, uintToBytes(NTIEP, 2), CARD_RESPONSE_LENGTH);
}

/** `refused` with SW 9406: the card has completed no transaction of that number. Never throws. */
export function parseGetPreviousSignatureResponse(response: Uint8Array): CommandResult<DebitAnswer> {
  return commandResult(response, readDebitAnswer);
}
