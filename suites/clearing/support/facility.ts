/** The harness as whoever collects: it asks a terminal for its store and its collection, and makes the batch itself. */
import { concat, toHex } from "../../../harness/core/bytes.ts";
import { batchDigest } from "../../../harness/crypto/collection.ts";
import type { StoreRecord } from "../../../harness/flows/system.ts";
import type { Batch } from "../../../harness/protocol/messages/layouts.ts";
import { encodeStoreRecord } from "../../../harness/protocol/messages/store-record.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { answerOf } from "../../payment/support/direct.ts";
import { linesFor } from "./batches.ts";

export interface Wanted {
  readonly DIGEST: string;
  readonly LINES: Uint8Array;
  readonly MEMBERS: Uint8Array;
}

/** What the terminal's records of success amount to. */
export function wantedOf(records: readonly StoreRecord[]): Wanted {
  const members = records.filter(({ CC }) => CC === "0000");
  const MEMBERS = concat(...members.map(encodeStoreRecord));
  const LINES = linesFor(members.map(({ PPIEP, CURRPDA: CURR, CEXPPDA: CEXP, MPDA }) => ({ PPIEP, CURR, CEXP, MPDA })));
  return { DIGEST: toHex(batchDigest([MEMBERS])), LINES, MEMBERS };
}

/** IDACQUIRER of the terminals of the merchants' payment server is in every batch of it. */
export type Sender = Pick<Batch, "IDCP" | "IDACQUIRER">;

/** Collects these records from a smart terminal. */
export async function collectFrom(
  t: CaseContext,
  IDTERM: string,
  sender: Sender,
  records: readonly StoreRecord[],
  about?: About,
): Promise<Batch> {
  const { DIGEST, LINES, MEMBERS } = wantedOf(records);
  const { BATCHNO, NTCOL, S4 } = await answerOf(
    t,
    IDTERM,
    { kind: "t-collect", IDTERM, DIGEST, LINES },
    "t-collected",
    about,
  );
  return { kind: "batch", ...sender, BATCHNO, NTCOL, LINES, MEMBERS, S4 };
}

/** CC of T-done to T-acknowledge. */
export async function acknowledge(t: CaseContext, IDTERM: string, NTCOL: number, S5: Uint8Array): Promise<string> {
  return (await answerOf(t, IDTERM, { kind: "t-acknowledge", IDTERM, NTCOL, S5 }, "t-done")).CC;
}
