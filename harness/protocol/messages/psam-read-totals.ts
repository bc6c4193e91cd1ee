import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import type { ElementName } from "./elements.ts";
import { type CommandHeader, command, NO_DATA } from "./header.ts";
import { encodeStructure, type Parsed, parseStructure, readStructure } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** READ TOTALS (psam-edge.md 4.6): no data, Le 00. */
export const PSAM_READ_TOTALS: CommandHeader = { cla: 0x90, ins: 0x8c, p1: 0x00, p2: 0x00 };

/** More lines than these do not fit a short response. */
export const MAX_TOTALS = 15;

export interface TotalsLine {
  readonly PPIEP: string;
  readonly CURR: string;
  readonly CEXP: number;
  /** Sum of confirmed amounts, minor units, below 2^48. */
  readonly MTOT: number;
  /** How many. */
  readonly NTOT: number;
}

export interface Totals {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** Number of the next transaction. */
  readonly NTPSAM: number;
  /** Date of the last update, YYYYMMDD. */
  readonly updated: string;
  /** Number of suspended transactions. */
  readonly suspended: number;
  readonly totals: readonly TotalsLine[];
}

const LINE = ["PPIEP", "CURRIEP", "CEXPIEP", "MTOT", "NTOT"] as const satisfies readonly ElementName[];
/** Of one line, in bytes. */
export const TOTALS_LINE_LENGTH = 16;
const HEAD_LENGTH = 16;

export function encodeReadTotalsCommand(): Uint8Array {
  return command(PSAM_READ_TOTALS, NO_DATA, 256);
}

/** Answer data, 16 + n x 16 bytes: the element TOTALS of messages. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeTotals(totals: Totals): Uint8Array {
  return concat(
    encodeStructure(STRUCTURES.PSAMID, totals),
    fromHex(totals.updated),
    Uint8Array.of(totals.suspended),
    ...totals.totals.map(encodeTotalsLine),
  );
}

/** One line, 16 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeTotalsLine({ PPIEP, CURR, CEXP, MTOT, NTOT }: TotalsLine): Uint8Array {
  return encodeStructure(LINE, { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP, MTOT, NTOT });
}

/** Reads one line. Never throws. */
export function parseTotalsLine(bytes: Uint8Array): Parsed<TotalsLine> {
  const line = parseStructure(LINE, bytes);
  if (!line.ok) return line;
  const { PPIEP, CURRIEP, CEXPIEP, MTOT, NTOT } = line.value;
  return { ok: true, value: { PPIEP, CURR: CURRIEP, CEXP: CEXPIEP, MTOT, NTOT } };
}

/** Reads the element TOTALS. Never throws. */
export function parseTotals(data: Uint8Array): Parsed<Totals> {
  const head = readStructure(STRUCTURES.PSAMID, data.subarray(0, 11));
  const suspended = data[HEAD_LENGTH - 1];
  if (!head.ok || suspended === undefined || (data.length - HEAD_LENGTH) % TOTALS_LINE_LENGTH !== 0) {
    return { ok: false, reason: `${data.length} bytes are not 16 and a multiple of 16` };
  }
  const totals: TotalsLine[] = [];
  for (let at = HEAD_LENGTH; at < data.length; at += TOTALS_LINE_LENGTH) {
    const line = parseTotalsLine(data.subarray(at, at + TOTALS_LINE_LENGTH));
    if (!line.ok) return line;
    totals.push(line.value);
  }
  return { ok: true, value: { ...head.value, updated: toHex(data.subarray(11, 15)), suspended, totals } };
}

/** Never throws. */
export function parseReadTotalsResponse(response: Uint8Array): CommandResult<Totals> {
  return commandResult(response, parseTotals);
}
