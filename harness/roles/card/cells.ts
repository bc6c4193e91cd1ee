/** What the card keeps without power, as bytes in cells of its memory (card-edge.md 6). */
import { bytesToUint, concat, equal, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import {
  encodeIssuerData,
  ISSUER_DATA_LENGTH,
  type IssuerData,
  readIssuerData,
} from "../../protocol/messages/personalise.ts";
import { encodeLogRecord, type LogRecord, readLogRecord } from "../../protocol/messages/read-record.ts";
import { LOG_RECORDS, type PreviousAnswer, type Purse } from "./state.ts";

export type CellName =
  | "BALIEP"
  | "NTIEP"
  /** Places of the cyclic log, 0 to 15; nothing in one that was never written. */
  | `record ${number}`
  /** Place of the newest record. */
  | "newest"
  /** CARDRSP with its transaction's kind and NTIEP, 19 bytes; nothing before the first. */
  | "CARDRSP"
  /** The other elements of section 2. */
  | "elements"
  | "keys"
  | "life cycle";

export interface Change {
  readonly cell: CellName;
  readonly value: Uint8Array;
}

/** Cells by name; a missing one is empty. */
export type Cells = ReadonlyMap<CellName, Uint8Array>;

/** What is written by the supplier and never again: it has no cells. */
export type FixedPart = Pick<Purse, "SNIEP" | "rsa" | "publicKey" | "issuer" | "protocol">;

const EMPTY = new Uint8Array(0);
const LIFE_CYCLES = ["supplied", "issued", "blocked"] as const;

export function fixedPart({ SNIEP, rsa, publicKey, issuer, protocol }: Purse): FixedPart {
  return {
    SNIEP,
    ...(rsa ? { rsa } : {}),
    ...(publicKey ? { publicKey } : {}),
    ...(issuer ? { issuer } : {}),
    ...(protocol ? { protocol } : {}),
  };
}

/** What has to be written for the cells to hold `purse`, in the order of section 6. */
export function changesTo(purse: Purse, cells: Cells): readonly Change[] {
  const wanted: readonly Change[] = [
    { cell: "BALIEP", value: uintToBytes(purse.BALIEP >>> 0, 4) },
    { cell: "NTIEP", value: uintToBytes(purse.NTIEP & 0xffff, 2) },
    ...logChanges(purse.log, cells),
    { cell: "CARDRSP", value: previousBytes(purse.previous) },
    { cell: "elements", value: encodeIssuerData({ ...purse, BALIEP: 0 }) },
    { cell: "keys", value: concat(keyBytes(purse.KDP), keyBytes(purse.KDL), keyBytes(purse.KDU)) },
    { cell: "life cycle", value: Uint8Array.of(LIFE_CYCLES.indexOf(purse.lifeCycle)) },
  ];
  return wanted.filter(({ cell, value }) => !equal(value, cells.get(cell) ?? EMPTY));
}

/** The purse that the cells hold, whatever is in them. Never throws. */
export function purseIn(cells: Cells, fixed: FixedPart): Purse {
  const keys = cells.get("keys") ?? EMPTY;
  return {
    ...fixed,
    ...elementsIn(cells.get("elements") ?? EMPTY),
    BALIEP: bytesToUint(cells.get("BALIEP") ?? EMPTY),
    NTIEP: bytesToUint(cells.get("NTIEP") ?? EMPTY),
    lifeCycle: LIFE_CYCLES[cells.get("life cycle")?.[0] ?? 0] ?? "blocked",
    KDP: keyText(keys.subarray(0, 16)),
    KDL: keyText(keys.subarray(16, 32)),
    KDU: keyText(keys.subarray(32, 48)),
    log: logIn(cells).map(readLogRecord),
    previous: previousIn(cells.get("CARDRSP") ?? EMPTY),
  };
}

/** A cell of another length, which there is only before the card's memory is first written, reads as zeros. */
function elementsIn(bytes: Uint8Array): IssuerData {
  const read = readIssuerData(bytes.length === ISSUER_DATA_LENGTH ? bytes : new Uint8Array(ISSUER_DATA_LENGTH));
  if (!read.ok) throw new PursebenchError("INTERNAL", `elements of their own length: ${read.reason}`);
  return read.value;
}

/** A new record goes into the place of the oldest; a log that changes otherwise is written anew. */
function logChanges(log: readonly LogRecord[], cells: Cells): readonly Change[] {
  const now = logIn(cells);
  const wanted = log.slice(0, LOG_RECORDS).map(encodeLogRecord);
  if (isSame(wanted, now)) return [];
  const [newest = EMPTY] = wanted;
  if (isSame(wanted.slice(1), now.slice(0, LOG_RECORDS - 1))) {
    const place = (newestPlace(cells) + 1) % LOG_RECORDS;
    return [{ cell: `record ${place}`, value: newest }, newestChange(place)];
  }
  const places = Array.from({ length: LOG_RECORDS }, (_, place): Change => {
    return { cell: `record ${place}`, value: wanted[wanted.length - 1 - place] ?? EMPTY };
  });
  return [...places, newestChange(wanted.length - 1)];
}

/** Newest first, 31 bytes each. */
function logIn(cells: Cells): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  const newest = newestPlace(cells);
  for (let back = 0; back < LOG_RECORDS; back++) {
    const record = cells.get(`record ${(newest - back + LOG_RECORDS) % LOG_RECORDS}`) ?? EMPTY;
    if (record.length === 0) break;
    records.push(record);
  }
  return records;
}

/** 0 to 15; 15 before the first record, whose place is 0. */
function newestPlace(cells: Cells): number {
  return (cells.get("newest")?.[0] ?? LOG_RECORDS - 1) % LOG_RECORDS;
}

function newestChange(place: number): Change {
  return { cell: "newest", value: Uint8Array.of((place + LOG_RECORDS) % LOG_RECORDS) };
}

function isSame(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  return left.length === right.length && left.every((record, index) => equal(record, right[index] ?? EMPTY));
}

function previousBytes(previous: PreviousAnswer | null): Uint8Array {
  if (!previous) return EMPTY;
  const { kind, NTIEP, CARDRSP } = previous;
  return concat(Uint8Array.of(kind === "load" ? 0 : 1), uintToBytes(NTIEP & 0xffff, 2), fromHex(CARDRSP));
}

function previousIn(bytes: Uint8Array): PreviousAnswer | null {
  if (bytes.length === 0) return null;
  const kind = bytes[0] === 0 ? "load" : "purchase";
  return { kind, NTIEP: bytesToUint(bytes.subarray(1, 3)), CARDRSP: toHex(bytes.subarray(3)) };
}

/** Zeros where there is no key. */
function keyBytes(key: string): Uint8Array {
  return key === "" ? new Uint8Array(16) : fromHex(key);
}

function keyText(bytes: Uint8Array): string {
  return bytes.every((byte) => byte === 0) ? "" : toHex(bytes);
}
