import { uintToBytes } from "../../core/bytes.ts";
import { CARD_RESPONSE_LENGTH } from "./card-response.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { type DebitAnswer, readDebitAnswer } from "./debit-iep.ts";
import { type CommandHeader, command } from "./header.ts";

/** GET PREVIOUS IEP SIGNATURE of a purchase (card-edge.md 5.4): NTIEP 2, Le 10. */
export const GET_PREVIOUS_SIGNATURE: CommandHeader = { cla: 0x90, ins: 0x5a, p1: 0x01, p2: 0x00 };

/** The same of a load. */
export const GET_PREVIOUS_LOAD: CommandHeader = { ...GET_PREVIOUS_SIGNATURE, p1: 0x00 };

export type TransactionKind = "purchase" | "load";

/** `NTIEP`: number of the transaction asked for, 0 to FFFF. Throws `RangeError` otherwise. */
export function encodeGetPreviousSignatureCommand(NTIEP: number, kind: TransactionKind = "purchase"): Uint8Array {
  const header = kind === "load" ? GET_PREVIOUS_LOAD : GET_PREVIOUS_SIGNATURE;
  return command(header, uintToBytes(NTIEP, 2), CARD_RESPONSE_LENGTH);
}

/** `refused` with SW 9406: the card's last transaction is not of that number and kind. Never throws. */
export function parseGetPreviousSignatureResponse(response: Uint8Array): CommandResult<DebitAnswer> {
  return commandResult(response, readDebitAnswer);
}
