import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";

/**
 * A command APDU with short lengths (ISO/IEC 7816-4, 5.1; ISO/IEC 7816-3, 12.1). Frozen; make it with `commandApdu` or
 * `parseCommandApdu`. `data` is not copied: whoever hands bytes over must not write to them afterwards.
 */
export interface CommandApdu {
  /** Class, instruction and parameters, one byte each (0..255). */
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Command data field, 0 to 255 bytes (Lc is its length). */
  readonly data: Uint8Array;
  /** Ne, the number of response bytes that are wanted at most, 1 to 256; absent when none are. */
  readonly le?: number;
}

/** The fields of a command; `data` may be left out when it is empty. */
export type CommandFields = Omit<CommandApdu, "data"> & { readonly data?: Uint8Array };

export type ParsedCommand =
  | { readonly ok: true; readonly apdu: CommandApdu }
  | { readonly ok: false; readonly reason: string };

/** Cases 1 to 4 (ISO/IEC 7816-3, 12.1.2): nothing, response data, command data, both. */
export type ApduCase = 1 | 2 | 3 | 4;

const NO_DATA = new Uint8Array(0);
const HEADER_LENGTH = 4;

/** Builds a command. Throws `PROTOCOL` when a field does not fit its place on the line. */
export function commandApdu(fields: CommandFields): CommandApdu {
  const { cla, ins, p1, p2, le, data = NO_DATA } = fields;
  const flaw = flawOf(cla, ins, p1, p2, data.length, le);
  if (flaw !== undefined) throw new PursebenchError("PROTOCOL", `no command APDU: ${flaw}`);
  return Object.freeze(le === undefined ? { cla, ins, p1, p2, data } : { cla, ins, p1, p2, data, le });
}

/** The case of a command, which decides how T=0 carries it. */
export function apduCase(apdu: CommandFields): ApduCase {
  if ((apdu.data?.length ?? 0) === 0) return apdu.le === undefined ? 1 : 2;
  return apdu.le === undefined ? 3 : 4;
}

/** The bytes of a command, 4 to 261. Throws `PROTOCOL` when a field does not fit. Le 256 is written 00. */
export function encodeCommandApdu(fields: CommandFields): Uint8Array {
  const { cla, ins, p1, p2, le, data = NO_DATA } = fields;
  const lc = data.length;
  const flaw = flawOf(cla, ins, p1, p2, lc, le);
  if (flaw !== undefined) throw new PursebenchError("PROTOCOL", `no command APDU: ${flaw}`);
  const bytes = new Uint8Array(HEADER_LENGTH + (lc > 0 ? lc + 1 : 0) + (le === undefined ? 0 : 1));
  bytes[0] = cla;
  bytes[1] = ins;
  bytes[2] = p1;
  bytes[3] = p2;
  if (lc > 0) {
    bytes[4] = lc;
    bytes.set(data, 5);
  }
  if (le !== undefined) bytes[bytes.length - 1] = le; // 256 becomes 00, as the clause wants it
  return bytes;
}

/**
 * Reads a command with short lengths. `apdu.data` is a view of `bytes`, not a copy.
 * INS 6x and 9x and CLA FF are read like any other: refusing them is the business of the card (6D00, 6E00) and of T=0.
 */
export function parseCommandApdu(bytes: Uint8Array): ParsedCommand {
  const [cla, ins, p1, p2, p3] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return refused(`${bytes.length} bytes, and the header alone has ${HEADER_LENGTH}`);
  }
  if (p3 === undefined) return accepted({ cla, ins, p1, p2, data: NO_DATA });
  if (bytes.length === 5) return accepted({ cla, ins, p1, p2, data: NO_DATA, le: neOf(p3) });
  if (p3 === 0) return refused("the length field begins with 00: extended lengths are not supported");
  const data = bytes.subarray(5, 5 + p3);
  if (bytes.length === 5 + p3) return accepted({ cla, ins, p1, p2, data });
  const le = bytes[5 + p3];
  if (le === undefined) return refused(`Lc says ${p3} bytes of data and ${bytes.length - 5} follow`);
  if (bytes.length > 6 + p3) return refused(`Lc says ${p3} bytes of data and ${bytes.length - 5} follow, Le included`);
  return accepted({ cla, ins, p1, p2, data, le: neOf(le) });
}

/** One line for people: header, Lc and data, Le. */
export function describeCommandApdu(apdu: CommandApdu): string {
  const header = toHex(Uint8Array.of(apdu.cla, apdu.ins, apdu.p1, apdu.p2));
  const data = apdu.data.length === 0 ? "" : ` Lc ${apdu.data.length} ${toHex(apdu.data)}`;
  return apdu.le === undefined ? `${header}${data}` : `${header}${data} Le ${apdu.le}`;
}

function neOf(le: number): number {
  return le === 0 ? 256 : le;
}

function accepted(apdu: CommandApdu): ParsedCommand {
  return { ok: true, apdu: Object.freeze(apdu) };
}

function refused(reason: string): ParsedCommand {
  return { ok: false, reason };
}

function flawOf(
  cla: number,
  ins: number,
  p1: number,
  p2: number,
  lc: number,
  le: number | undefined,
): string | undefined {
  if (!isByte(cla) || !isByte(ins) || !isByte(p1) || !isByte(p2))
    return `header ${cla} ${ins} ${p1} ${p2} is not 4 bytes`;
  if (lc > 255) return `${lc} bytes of data, and short lengths end at 255`;
  if (le !== undefined && (!Number.isInteger(le) || le < 1 || le > 256)) return `Le ${le} is not 1 to 256`;
  return undefined;
}

function isByte(value: number): boolean {
  return (value & 0xff) === value;
}
