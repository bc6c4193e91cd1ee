import { type CommandResult, commandResult } from "./command-result.ts";
import { type CommandHeader, command, NO_DATA } from "./header.ts";
import { INIT_RESPONSE_LENGTH, type InitResponse, parseInitResponse } from "./init-response.ts";

/** INITIALIZE IEP for purchase (card-edge.md 5.2): no data, Le 1B. */
export const INITIALIZE_IEP: CommandHeader = { cla: 0x90, ins: 0x50, p1: 0x01, p2: 0x00 };

export function encodeInitializeIepCommand(): Uint8Array {
  return command(INITIALIZE_IEP, NO_DATA, INIT_RESPONSE_LENGTH);
}

/** The answer twice: in words, and as the bytes that all signatures are made over. */
export interface InitializeAnswer {
  readonly fields: InitResponse;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
}

/** Never throws. */
export function parseInitializeIepResponse(response: Uint8Array): CommandResult<InitializeAnswer> {
  return commandResult(response, (data) => {
    const parsed = parseInitResponse(data);
    return parsed.ok ? { ok: true, value: { fields: parsed.value, INITRSP: data.slice() } } : parsed;
  });
}
