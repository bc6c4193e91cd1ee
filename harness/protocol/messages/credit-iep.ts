import { CARD_RESPONSE_LENGTH } from "./card-response.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { type DebitAnswer, readDebitAnswer } from "./debit-iep.ts";
import { type CommandHeader, command } from "./header.ts";

/** CREDIT IEP (card-edge.md 5.2b): LOADDATA 15, Le 10. */
export const CREDIT_IEP: CommandHeader = { cla: 0x90, ins: 0x52, p1: 0x00, p2: 0x00 };

/** `LOADDATA`: 15 bytes as the load server gave them; not checked, so that a case can send others. */
export function encodeCreditIepCommand(LOADDATA: Uint8Array): Uint8Array {
  return command(CREDIT_IEP, LOADDATA, CARD_RESPONSE_LENGTH);
}

/** CARDRSP as of a debit, S3 that of a load; a negative completion code is an answer. Never throws. */
export function parseCreditIepResponse(response: Uint8Array): CommandResult<DebitAnswer> {
  return commandResult(response, readDebitAnswer);
}
