import { type CommandResult, commandResult } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";
import { LOAD_RESPONSE_LENGTH, type LoadResponse, parseLoadResponse, partsOfLoadResponse } from "./load-response.ts";

/** INITIALIZE IEP for load (card-edge.md 5.2a): LOADINIT 34, Le 23. */
export const INITIALIZE_LOAD: CommandHeader = { cla: 0x90, ins: 0x50, p1: 0x00, p2: 0x00 };

/** `LOADINIT`: 34 bytes; not checked, so that a case can send others. */
export function encodeInitializeLoadCommand(LOADINIT: Uint8Array): Uint8Array {
  return command(INITIALIZE_LOAD, LOADINIT, LOAD_RESPONSE_LENGTH);
}

/** The answer in words, as the 35 bytes that travel, and in its two parts. */
export interface InitializeLoadAnswer {
  readonly fields: LoadResponse;
  /** 35 bytes. */
  readonly LOADRSP: Uint8Array;
  /** 27 bytes. */
  readonly INITRSP: Uint8Array;
  /** 8 bytes. */
  readonly S1: Uint8Array;
}

/** Never throws. */
export function parseInitializeLoadResponse(response: Uint8Array): CommandResult<InitializeLoadAnswer> {
  return commandResult(response, (data) => {
    const parsed = parseLoadResponse(data);
    if (!parsed.ok) return parsed;
    return { ok: true, value: { fields: parsed.value, LOADRSP: data.slice(), ...partsOfLoadResponse(data) } };
  });
}
