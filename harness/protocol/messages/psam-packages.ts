import { type CommandResult, commandResult, noData } from "./command-result.ts";
import { DEBIT_DATA_LENGTH, type DebitData, parseDebitData } from "./debit-data.ts";
import { type DebitPackage, encodeDebitPackage } from "./debit-package.ts";
import { type CommandHeader, command } from "./header.ts";
import { encodeStructure, type Parsed, parseStructure, type StructureValue } from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** The three packages of a draw (psam-edge.md 4.1 to 4.3): what a purse card would have answered, one at a time. */
export const PACKAGE_ATR: CommandHeader = { cla: 0x90, ins: 0x70, p1: 0x00, p2: 0x00 };
export const PACKAGE_INITIALIZE: CommandHeader = { cla: 0x90, ins: 0x70, p1: 0x01, p2: 0x00 };
export const PACKAGE_DEBIT: CommandHeader = { cla: 0x90, ins: 0x72, p1: 0x00, p2: 0x00 };

export const PSAM_NUMBER_LENGTH = 11;

/** Answer to PACKAGE: INITIALIZE IEP: which PSAM, and the number that its transaction will have. */
export type PsamNumber = StructureValue<typeof STRUCTURES.PSAMID>;

/** `ATR`: 2 to 33 bytes as the card sent them. */
export function encodePackageAtrCommand(ATR: Uint8Array): Uint8Array {
  return command(PACKAGE_ATR, ATR);
}

/** `INITRSP`: 27 bytes as the card answered them. */
export function encodePackageInitializeCommand(INITRSP: Uint8Array): Uint8Array {
  return command(PACKAGE_INITIALIZE, INITRSP, PSAM_NUMBER_LENGTH);
}

/** Throws `PROTOCOL` when an element cannot hold its value. */
export function encodePackageDebitCommand(data: DebitPackage): Uint8Array {
  return command(PACKAGE_DEBIT, encodeDebitPackage(data), DEBIT_DATA_LENGTH);
}

/** Answer data, 11 bytes. */
export function encodePsamNumber(value: PsamNumber): Uint8Array {
  return encodeStructure(STRUCTURES.PSAMID, value);
}

/** Never throws. */
export function parsePackageAtrResponse(response: Uint8Array): CommandResult<null> {
  return commandResult(response, noData);
}

/** Never throws. */
export function parsePackageInitializeResponse(response: Uint8Array): CommandResult<PsamNumber> {
  return commandResult(response, (data) => parseStructure(STRUCTURES.PSAMID, data));
}

/** DEBITDATA in words, and as the bytes that the card wants to see. */
export interface PackageDebitAnswer {
  readonly fields: DebitData;
  /** 53 bytes. */
  readonly DEBITDATA: Uint8Array;
}

/** Never throws. */
export function parsePackageDebitResponse(response: Uint8Array): CommandResult<PackageDebitAnswer> {
  return commandResult(response, readPackageDebitAnswer);
}

/** DEBITDATA in both forms, also in front of EXPECTED. */
export function readPackageDebitAnswer(data: Uint8Array): Parsed<PackageDebitAnswer> {
  const parsed = parseDebitData(data);
  return parsed.ok ? { ok: true, value: { fields: parsed.value, DEBITDATA: data.slice() } } : parsed;
}
