import { concat, fromHex } from "../../core/bytes.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";
import { MESSAGE_RESULT_LENGTH, type MessageResult, parseMessageResult } from "./message-result.ts";

/** PSAM COMPLETE (psam-edge.md 4.4): IDTRX 16, CARDRSP 16; Le 27. */
export const PSAM_COMPLETE: CommandHeader = { cla: 0x90, ins: 0x74, p1: 0x00, p2: 0x00 };
export const COMPLETE_DATA_LENGTH = 32;

/** `IDTRX`: 32 hex digits; `CARDRSP`: 16 bytes as the card answered them. */
export function encodePsamCompleteCommand(IDTRX: string, CARDRSP: Uint8Array): Uint8Array {
  return command(PSAM_COMPLETE, concat(fromHex(IDTRX), CARDRSP), MESSAGE_RESULT_LENGTH);
}

/** The message result in words, and as the bytes that go on to the payment server. */
export interface CompleteAnswer {
  readonly fields: MessageResult;
  /** 39 bytes. */
  readonly MSGRESULT: Uint8Array;
}

/** Never throws. */
export function parsePsamCompleteResponse(response: Uint8Array): CommandResult<CompleteAnswer> {
  return commandResult(response, (data) => {
    const parsed = parseMessageResult(data);
    return parsed.ok ? { ok: true, value: { fields: parsed.value, MSGRESULT: data.slice() } } : parsed;
  });
}
