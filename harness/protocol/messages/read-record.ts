import { concat } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { CERTIFICATE_LENGTH, exactBytes } from "./certificate-bytes.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import type { ElementName } from "./elements.ts";
import { type CommandHeader, command, NO_DATA } from "./header.ts";
import {
  encodeStructure,
  type Parsed,
  parseStructure,
  readStructure,
  type StructureValue,
  writeStructure,
} from "./structure-value.ts";
import { STRUCTURES } from "./structures.ts";

/** READ RECORD (card-edge.md 5.6). P1 is the record, 1 = the first or newest; P2 names the file. */
export const READ_RECORD: Pick<CommandHeader, "cla" | "ins"> = { cla: 0x00, ins: 0xb2 };

/** P2 of the files: SFI 01, SFI 02 (public key cards only) and SFI 18 (ISO/IEC 7816-4, 11.4.3). */
export const CARD_INFORMATION_FILE = 0x0c;
export const CERTIFICATE_FILE = 0x14;
export const LOG_FILE = 0xc4;

/** Records of the certificate file. */
export const ISSUER_CERTIFICATE_RECORD = 1;
export const CARD_CERTIFICATE_RECORD = 2;

export const CARD_INFORMATION_LENGTH = 21;
export const LOG_RECORD_LENGTH = 31;

/** What follows TI in a log record. */
const LOG_RECORD = [
  "NTIEP",
  "CC",
  "MPDA",
  "CURRPDA",
  "CEXPPDA",
  "BALIEP",
  "IDPSAM",
  "NTPSAM",
  "DTHR",
] as const satisfies readonly ElementName[];

/** Record 1 of the card information file. */
export type CardInformationRecord = StructureValue<typeof STRUCTURES.CARDINFO>;

/** TI of a purchase and of a load. */
export const PURCHASE_RECORD = 1;
export const LOAD_RECORD = 2;

/**
 * A record of the transaction log, BALIEP the balance after it. Of a load (`TI` 2) MPDA, CURRPDA and CEXPPDA hold MLDA, CURRLDA and
 * CEXPLDA, IDPSAM holds IDACQ, and NTPSAM is 0.
 */
export type LogRecord = { readonly TI: number } & StructureValue<typeof LOG_RECORD>;

/** `record`: 0 to 255; `file`: P2. */
export function encodeReadRecordCommand(record: number, file: number): Uint8Array {
  return command({ ...READ_RECORD, p1: record, p2: file }, NO_DATA, 256);
}

/** 21 bytes. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodeCardInformation(value: CardInformationRecord): Uint8Array {
  return encodeStructure(STRUCTURES.CARDINFO, value);
}

/** 31 bytes, elements as they stand: a card notes what was signed. Throws `PROTOCOL` for one of another length. */
export function encodeLogRecord(value: LogRecord): Uint8Array {
  return concat(Uint8Array.of(value.TI), writeStructure(LOG_RECORD, value));
}

/** Never throws. */
export function parseCardInformationResponse(response: Uint8Array): CommandResult<CardInformationRecord> {
  return commandResult(response, (data) => parseStructure(STRUCTURES.CARDINFO, data));
}

/** A record of the certificate file, 244 bytes. `refused` with SW 6A86: no public key card. Never throws. */
export function parseCertificateRecordResponse(response: Uint8Array): CommandResult<Uint8Array> {
  return commandResult(response, (data) => exactBytes(data, CERTIFICATE_LENGTH));
}

/** `refused` with SW 6A83: there is no such record. Never throws. */
export function parseLogRecordResponse(response: Uint8Array): CommandResult<LogRecord> {
  return commandResult(response, parseLogRecord);
}

/** A record of 31 bytes as it stands, right or not; one of another length reads as if zeros followed. Never throws. */
export function readLogRecord(data: Uint8Array): LogRecord {
  const whole = new Uint8Array(LOG_RECORD_LENGTH);
  whole.set(data.subarray(0, LOG_RECORD_LENGTH));
  const rest = readStructure(LOG_RECORD, whole.subarray(1));
  if (!rest.ok) throw new PursebenchError("INTERNAL", `a log record of its own length: ${rest.reason}`);
  return { TI: whole[0] ?? 0, ...rest.value };
}

/** Reads 31 bytes. Never throws. */
export function parseLogRecord(data: Uint8Array): Parsed<LogRecord> {
  const [TI] = data;
  if (TI === undefined) return { ok: false, reason: "the record is empty" };
  const rest = parseStructure(LOG_RECORD, data.subarray(1));
  return rest.ok ? { ok: true, value: { TI, ...rest.value } } : rest;
}
