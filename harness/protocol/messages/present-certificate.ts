import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";

/** PRESENT CERTIFICATE (card-edge.md 5.3a): the PSAM's certificate, 244 bytes; no answer data. */
export const PRESENT_CERTIFICATE: CommandHeader = { cla: 0x90, ins: 0x58, p1: 0x00, p2: 0x00 };

/** `PSAMCERT`: 244 bytes as the PSAM gave them; not checked, so that a case can send others. */
export function encodePresentCertificateCommand(PSAMCERT: Uint8Array): Uint8Array {
  return command(PRESENT_CERTIFICATE, PSAMCERT);
}

/** Never throws. */
export function parsePresentCertificateResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}
