/** What both ends of T=0 agree upon (ISO/IEC 7816-3, 10.3): header, procedure bytes, GET RESPONSE. */
import { type CommandApdu, commandApdu } from "../apdu/command-apdu.ts";

/** CLA INS P1 P2 P3. P3 is the number of bytes to come, towards the card (0 none) or from it (0 means 256). */
export interface Tpdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
}

export const HEADER_LENGTH = 5;
/** Asks for more time (10.3.3). */
export const NULL_BYTE = 0x60;
export const GET_RESPONSE = 0xc0;

/** What a procedure byte asks for; 6x and 9x open the status. */
export type Procedure = "wait" | "all" | "one" | "status" | "unknown";

export function encodeHeader({ cla, ins, p1, p2, p3 }: Tpdu): Uint8Array {
  return Uint8Array.of(cla, ins, p1, p2, p3);
}

/** The meaning of a procedure byte for a command with that INS (10.3.3, table 11). */
export function procedureOf(byte: number, ins: number): Procedure {
  if (byte === NULL_BYTE) return "wait";
  if (byte === ins) return "all";
  if (byte === (ins ^ 0xff)) return "one";
  return isStatusOpening(byte) ? "status" : "unknown";
}

/** True for INS values that would be taken for a status: 6x and 9x are no instructions (10.3.2). */
export function isStatusOpening(byte: number): boolean {
  return (byte & 0xf0) === 0x60 || (byte & 0xf0) === 0x90;
}

/** GET RESPONSE for `length` bytes, 1 to 256 (ISO/IEC 7816-4, 7.6.1). */
export function getResponse(cla: number, length: number): Tpdu {
  return { cla, ins: GET_RESPONSE, p1: 0, p2: 0, p3: length & 0xff };
}

/** The command that a header with its data stands for; `le` only where the card knows that data will come. */
export function commandOf({ cla, ins, p1, p2 }: Tpdu, data: Uint8Array, le: number | undefined): CommandApdu {
  return commandApdu(le === undefined ? { cla, ins, p1, p2, data } : { cla, ins, p1, p2, data, le });
}
