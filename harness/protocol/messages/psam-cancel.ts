import { fromHex } from "../../core/bytes.ts";
import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";

/** CANCEL (psam-edge.md 4.5): IDTRX 16; P1 is the mode. */
export const PSAM_CANCEL: Pick<CommandHeader, "cla" | "ins" | "p2"> = { cla: 0x90, ins: 0x8e, p2: 0x00 };

/** `withdraw`: DEBITDATA never left the payment side; `suspend`: the card may have been debited. */
export type CancelMode = "withdraw" | "suspend";
export const CANCEL_P1: Readonly<Record<CancelMode, number>> = { withdraw: 0x00, suspend: 0x01 };

/** `IDTRX`: 32 hex digits. */
export function encodePsamCancelCommand(IDTRX: string, mode: CancelMode): Uint8Array {
  return command({ ...PSAM_CANCEL, p1: CANCEL_P1[mode] }, fromHex(IDTRX));
}

/** Never throws. */
export function parsePsamCancelResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
