import { fromHex, toHex } from "../../core/bytes.ts";
import { batchDigest, deriveCollectionKey, signS4 } from "../../crypto/collection.ts";
import { encodeMembers, sumsOf } from "../../protocol/messages/batch-members.ts";
import { encodeLines, splitLines } from "../../protocol/messages/collection-lines.ts";
import type { Batch } from "../../protocol/messages/layouts.ts";
import type { DataStoreRecord } from "../../protocol/messages/store-record.ts";

/** Batches as a payment server makes them of what a PSAM has signed, for tests of those behind it. */

export const MKC = fromHex("54455354204D4B4320616C6C20636F6C");
export const PSAM = { PPPSAM: "000789", IDPSAM: "00A10001" } as const;
export const BATCHNO = `${PSAM.PPPSAM}00${PSAM.IDPSAM}`;

/** A record of EUR 2.50 at SHOP0001 with a card of issuer 000123; `COUNT` gives it its own numbers. */
export function record(COUNT: number, over: Partial<DataStoreRecord> = {}): DataStoreRecord {
  return {
    COUNT,
    IDTRX: COUNT.toString(16).toUpperCase().padStart(32, "0"),
    PPIEP: "000123",
    IDIEP: "0000000042",
    MPDA: 250,
    CURRPDA: "0978",
    CEXPPDA: 2,
    CC: "0000",
    NTIEP: COUNT,
    NTPSAM: COUNT,
    IDMER: "SHOP0001",
    DTHR: "20310506070809",
    ...over,
  };
}

/** The batch of these members with a right S4; `over` is not signed again. */
export function batchOf(NTCOL: number, members: readonly DataStoreRecord[], over: Partial<Batch> = {}): Batch {
  const { BATCHNO: number = BATCHNO, LINES = encodeLines(sumsOf(members)) } = over;
  const psam = { PPPSAM: number.slice(0, 6), IDPSAM: number.slice(8) };
  const MEMBERS = encodeMembers(members);
  const collection = { ...psam, NTCOL, DIGEST: batchDigest([MEMBERS]), lines: splitLines(LINES) };
  return {
    kind: "batch",
    IDCP: "PS1",
    IDACQUIRER: "00000021",
    BATCHNO,
    NTCOL,
    LINES,
    MEMBERS,
    S4: signS4(deriveCollectionKey(MKC, psam), collection),
    ...over,
  };
}

/** DIGEST of a batch, 64 hex digits. */
export function digestOf({ MEMBERS }: Batch): string {
  return toHex(batchDigest([MEMBERS]));
}
