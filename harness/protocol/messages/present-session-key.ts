import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";

/** PRESENT SESSION KEY (card-edge.md 5.3a): EK 112, SIG 112; no answer data. */
export const PRESENT_SESSION_KEY: CommandHeader = { cla: 0x90, ins: 0x58, p1: 0x01, p2: 0x00 };

/** `SESSKEY`: 224 bytes as the PSAM gave them; not checked, so that a case can send others. */
export function encodePresentSessionKeyCommand(SESSKEY: Uint8Array): Uint8Array {
  return command(PRESENT_SESSION_KEY, SESSKEY);
}

/** Never throws. */
export function parsePresentSessionKeyResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
