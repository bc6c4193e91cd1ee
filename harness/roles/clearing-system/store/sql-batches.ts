import type { Kysely, Selectable } from "kysely";
import { fromHex, toHex } from "../../../core/bytes.ts";
import { PursebenchError } from "../../../core/errors.ts";
import type { Batch, BatchAcknowledgement } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../protocol/messages/message.ts";
import type { DataStoreRecord } from "../../../protocol/messages/store-record.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import {
  type AcceptedBatch,
  type BatchHistory,
  type BatchRow,
  cardName,
  type DisputedMember,
  type MemberRow,
  psamName,
} from "./contracts.ts";
import type { ClearingSchema } from "./schema.ts";
import { dueUpdates } from "./sql-updates.ts";

/** Batches and their members. */

type Db = Kysely<ClearingSchema>;

export async function historyOf(db: Db, batch: Batch, members: readonly DataStoreRecord[]): Promise<BatchHistory> {
  const { BATCHNO, NTCOL } = batch;
  const accepted = await db
    .selectFrom("batches")
    .select(["DIGEST", "answer"])
    .where("BATCHNO", "=", BATCHNO)
    .where("NTCOL", "=", NTCOL)
    .executeTakeFirst();
  const { last } = await db
    .selectFrom("batches")
    .select((expression) => expression.fn.max("NTCOL").as("last"))
    .where("BATCHNO", "=", BATCHNO)
    .executeTakeFirstOrThrow();
  return {
    accepted: accepted && { DIGEST: accepted.DIGEST, answer: acknowledgement(accepted.answer) },
    last: wholeNumber(last),
    used: members.length === 0 ? new Set() : await usedNames(db, BATCHNO, members),
    due: await dueUpdates(db, [BATCHNO]),
  };
}

/** More than what the members name may be among them: cards and numbers are looked for apart. */
async function usedNames(db: Db, BATCHNO: string, members: readonly DataStoreRecord[]): Promise<ReadonlySet<string>> {
  const known = db.selectFrom("members").where("status", "<>", "refused");
  const ofPsam = await known
    .select("NTPSAM")
    .where("BATCHNO", "=", BATCHNO)
    .where("NTPSAM", "in", distinct(members.map(({ NTPSAM }) => NTPSAM)))
    .execute();
  const ofCards = await known
    .select(["PPIEP", "IDIEP", "NTIEP"])
    .where("IDIEP", "in", distinct(members.map(({ IDIEP }) => IDIEP)))
    .where("NTIEP", "in", distinct(members.map(({ NTIEP }) => NTIEP)))
    .execute();
  return new Set([
    ...ofPsam.map(({ NTPSAM }) => psamName(BATCHNO, { NTPSAM: wholeNumber(NTPSAM) })),
    ...ofCards.map(({ NTIEP, ...card }) => cardName({ ...card, NTIEP: wholeNumber(NTIEP) })),
  ]);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

export async function accept(unit: Db, accepted: AcceptedBatch, created: string): Promise<void> {
  const { batch, DIGEST, members, refused, answer } = accepted;
  const { BATCHNO, NTCOL, IDCP, IDACQUIRER } = batch;
  const head = { BATCHNO, NTCOL, IDCP, IDACQUIRER, DIGEST, answer: toHex(encodeMessage(answer)), created };
  await unit.insertInto("batches").values(head).execute();
  const reasons = new Map(refused.map(({ index, CC }) => [index, CC]));
  for (const [index, member] of members.entries()) {
    const { IDTRX, IDMER, PPIEP, IDIEP, NTIEP, NTPSAM, MPDA, CURRPDA, CEXPPDA } = member;
    const CC = reasons.get(index) ?? null;
    const names = { BATCHNO, NTCOL, IDTRX, IDMER, IDACQUIRER, PPIEP, IDIEP, NTIEP, NTPSAM };
    const status = CC === null ? "accepted" : "refused";
    await unit
      .insertInto("members")
      .values({ ...names, MPDA, CURR: CURRPDA, CEXP: CEXPPDA, status, CC, settlement: null })
      .execute();
  }
}

export async function batchRows(db: Db): Promise<readonly BatchRow[]> {
  const batches = await db.selectFrom("batches").selectAll().orderBy("sequence").execute();
  const members = await db.selectFrom("members").selectAll().orderBy("sequence").execute();
  return batches.map(({ BATCHNO, NTCOL, IDCP }) => ({
    BATCHNO,
    NTCOL: wholeNumber(NTCOL),
    sender: IDCP,
    status: "accepted",
    members: members
      .filter((member) => member.BATCHNO === BATCHNO && wholeNumber(member.NTCOL) === wholeNumber(NTCOL))
      .map(memberRow),
  }));
}

export async function disputedMembers(db: Db): Promise<readonly DisputedMember[]> {
  const select = db.selectFrom("members").selectAll().where("status", "=", "refused").orderBy("sequence");
  return (await select.execute()).map((row) => {
    const { BATCHNO, IDTRX, IDMER, PPIEP, IDIEP, CURR, CEXP, CC } = row;
    const numbers = { NTCOL: wholeNumber(row.NTCOL), MPDA: wholeNumber(row.MPDA) };
    return { BATCHNO, IDTRX, IDMER, PPIEP, IDIEP, CURR, CEXP, CC: CC ?? "", ...numbers };
  });
}

function memberRow(row: Selectable<ClearingSchema["members"]>): MemberRow {
  const { IDTRX, IDMER, PPIEP, CURR, CEXP, CC } = row;
  return { IDTRX, IDMER, PPIEP, MPDA: wholeNumber(row.MPDA), CURR, CEXP, status: statusOf(row.status), CC };
}

function acknowledgement(hex: string): BatchAcknowledgement {
  const message = parseMessage(fromHex(hex));
  if (message.kind === "batch-acknowledgement") return message;
  throw damaged(`${message.kind} where an acknowledgement was stored`);
}

function statusOf(text: string): MemberRow["status"] {
  if (text === "accepted" || text === "settled" || text === "refused") return text;
  throw damaged(`status "${text.slice(0, 40)}"`);
}

function damaged(what: string): PursebenchError {
  return new PursebenchError("STORAGE", `the clearing system's database holds ${what}`, {
    mend: "restore the database; this program never writes that",
  });
}
