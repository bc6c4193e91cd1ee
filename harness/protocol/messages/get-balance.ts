import { type CommandResult, commandResult } from "./command-result.ts";
import { type CommandHeader, command, NO_DATA } from "./header.ts";
import { encodeStructure, parseStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** GET BALANCE (card-edge.md 5.5): no data, Le 0D. */
export const GET_BALANCE: CommandHeader = { cla: 0x90, ins: 0x5c, p1: 0x00, p2: 0x00 };
export const BALANCE_LENGTH = 13;

/** BALIEP and BALmaxIEP in minor units, their currency, and the number of the next transaction. */
export type Balance = StructureValue<typeof STRUCTURES.BALANCE>;

export function encodeGetBalanceCommand(): Uint8Array {
  return command(GET_BALANCE, NO_DATA, BALANCE_LENGTH);
}

/** Answer data, 13 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeBalance(balance: Balance): Uint8Array {
  return encodeStructure(STRUCTURES.BALANCE, balance);
}

/** Never throws. */
export function parseGetBalanceResponse(response: Uint8Array): CommandResult<Balance> {
  return commandResult(response, (data) => parseStructure(STRUCTURES.BALANCE, data));
}
