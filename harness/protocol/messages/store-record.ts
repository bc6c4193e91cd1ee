import { concat, toHex, uintToBytes } from "../../core/bytes.ts";
import type { ElementName } from "./elements.ts";
import { encodeStructure, parseStructure } from "./structure-value.ts";

/** One record of the terminal's data store, 60 bytes (`messages.md` 5, step 630). */
export interface DataStoreRecord {
  /** Running number, 1 for the first record ever written. */
  readonly COUNT: number;
  readonly IDTRX: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  /** The security card's response. */
  readonly CC: string;
  readonly NTIEP: number;
  readonly NTPSAM: number;
  readonly IDMER: string;
  readonly DTHR: string;
}

export const STORE_RECORD_BYTES = 60;

export type ParsedStoreRecord =
  | { readonly ok: true; readonly record: DataStoreRecord }
  | { readonly ok: false; readonly reason: string };

const ORDER = [
  "COUNT",
  "IDTRX",
  "PPIEP",
  "IDIEP",
  "MPDA",
  "CURRPDA",
  "CEXPPDA",
  "CC",
  "NTIEP",
  "NTPSAM",
  "IDMER",
  "DTHR",
] as const satisfies readonly ElementName[];

const RESERVED = uintToBytes(0, 2);

/** The 60 bytes of a record. Throws `PROTOCOL` when a field does not fit. */
export function encodeStoreRecord(record: DataStoreRecord): Uint8Array {
  return concat(encodeStructure(ORDER, record), RESERVED);
}

/** Reads 60 bytes. Never throws: they come from a terminal. */
export function parseStoreRecord(bytes: Uint8Array): ParsedStoreRecord {
  if (bytes.length !== STORE_RECORD_BYTES) return refused(`${bytes.length} bytes, not ${STORE_RECORD_BYTES}`);
  const reserved = bytes.subarray(-RESERVED.length);
  if (reserved.some((byte) => byte !== 0)) return refused(`the reserved bytes are ${toHex(reserved)}, not 0000`);
  const read = parseStructure(ORDER, bytes.subarray(0, -RESERVED.length));
  return read.ok ? { ok: true, record: read.value } : refused(read.reason);
}

/** Reads the value of STORE, n x 60 bytes, as its records, each on its own. */
export function parseStore(STORE: Uint8Array): readonly ParsedStoreRecord[] {
  const records: ParsedStoreRecord[] = [];
  for (let offset = 0; offset < STORE.length; offset += STORE_RECORD_BYTES) {
    records.push(parseStoreRecord(STORE.subarray(offset, offset + STORE_RECORD_BYTES)));
  }
  return records;
}

function refused(reason: string): ParsedStoreRecord {
  return { ok: false, reason };
}
