import type { Kysely } from "kysely";
import { fromHex } from "../../../core/bytes.ts";
import { parseMembers } from "../../../protocol/messages/batch-members.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import type { BatchRow } from "./batch-contracts.ts";
import type { Schema } from "./schema.ts";

/** Batches that the PSAMs have signed, with their members, oldest first. */
export async function batchRows(db: Kysely<Schema>): Promise<readonly BatchRow[]> {
  const batches = await db.selectFrom("batches").selectAll().orderBy("sequence").execute();
  const refused = await db.selectFrom("members").selectAll().where("CC", "is not", null).execute();
  return batches.flatMap(({ sequence, BATCHNO, NTCOL, MEMBERS, status }) => {
    const members = parseMembers(fromHex(MEMBERS));
    if (BATCHNO === null || NTCOL === null || !members.ok) return [];
    const reasons = refused.filter(({ batch }) => wholeNumber(batch) === wholeNumber(sequence));
    const rows = members.value.map(({ IDTRX, IDMER, PPIEP, MPDA, CURRPDA: CURR, CEXPPDA: CEXP }) => {
      const CC = reasons.find((each) => each.IDTRX === IDTRX && each.IDMER === IDMER)?.CC ?? null;
      return { IDTRX, IDMER, PPIEP, MPDA, CURR, CEXP, status: CC === null ? status : "refused", CC };
    });
    return [{ BATCHNO, NTCOL: wholeNumber(NTCOL), status, members: rows }];
  });
}
