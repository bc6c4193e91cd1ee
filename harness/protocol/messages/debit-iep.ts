import { CARD_RESPONSE_LENGTH, type CardResponse, parseCardResponse } from "./card-response.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { type CommandHeader, command } from "./header.ts";
import type { Parsed } from "./structure-value.ts";

/** DEBIT IEP (card-edge.md 5.3): DEBITDATA 53, Le 10. */
export const DEBIT_IEP: CommandHeader = { cla: 0x90, ins: 0x54, p1: 0x01, p2: 0x00 };

/** `DEBITDATA`: 53 bytes as the PSAM gave them; not checked, so that a case can send others. */
export function encodeDebitIepCommand(DEBITDATA: Uint8Array): Uint8Array {
  return command(DEBIT_IEP, DEBITDATA, CARD_RESPONSE_LENGTH);
}

/** The answer twice: in words, and as the bytes that the PSAM wants to see. */
export interface DebitAnswer {
  readonly fields: CardResponse;
  /** 16 bytes. */
  readonly CARDRSP: Uint8Array;
}

/** A negative completion code is an answer. Never throws. */
export function parseDebitIepResponse(response: Uint8Array): CommandResult<DebitAnswer> {
  return commandResult(response, readDebitAnswer);
}

/** CARDRSP in both forms, also for GET PREVIOUS IEP SIGNATURE. */
export function readDebitAnswer(data: Uint8Array): Parsed<DebitAnswer> {
  const parsed = parseCardResponse(data);
  return parsed.ok ? { ok: true, value: { fields: parsed.value, CARDRSP: data.slice() } } : parsed;
}
