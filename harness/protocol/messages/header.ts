import { encodeCommandApdu } from "../apdu/command-apdu.ts";

/** CLA, INS, P1, P2 of a command. */
export interface CommandHeader {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
}

/** A command APDU with that header. `le`: 1 to 256, absent when no data are wanted back. */
export function command(header: CommandHeader, data: Uint8Array, le?: number): Uint8Array {
  return encodeCommandApdu(le === undefined ? { ...header, data } : { ...header, data, le });
}

export const NO_DATA: Uint8Array = new Uint8Array(0);
