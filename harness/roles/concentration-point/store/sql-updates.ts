import type { Kysely } from "kysely";
import { toHex } from "../../../core/bytes.ts";
import type { Delivered } from "../../../protocol/messages/delivery.ts";
import type { SystemUpdate, UpdateReceipt } from "../../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../../protocol/messages/message.ts";
import { parseUpdate } from "../../../protocol/messages/psam-update.ts";
import type { Answer } from "./contracts.ts";
import type { QueueSchema } from "./schema.ts";

/** What a sender has taken, and the updates for it, within one unit of work. */

const APPLIED = "0000";

/** One that is no update cannot be told from another and is left out. */
export async function keepUpdates(
  unit: Kysely<QueueSchema>,
  IDCP: string,
  updates: readonly SystemUpdate[],
): Promise<void> {
  for (const update of updates) {
    const parsed = parseUpdate(update.UPDATE);
    if (!parsed.ok) continue;
    const row = { IDCP, BATCHNO: update.BATCHNO, NTUPD: parsed.value.update.NTUPD };
    const message = toHex(encodeMessage(update));
    await unit
      .insertInto("updates")
      .values({ ...row, message })
      .onConflict((conflict) => conflict.columns(["BATCHNO", "NTUPD"]).doUpdateSet({ IDCP, message }))
      .execute();
  }
}

export async function take(unit: Kysely<QueueSchema>, messages: readonly Delivered[], now: string): Promise<void> {
  for (const message of messages) {
    if (message.kind === "update-receipt") await takeReceipt(unit, message);
    else if (message.kind !== "system-update") await takeAnswer(unit, message, now);
  }
}

async function takeAnswer(unit: Kysely<QueueSchema>, { kind, IDCP, BATCHNO, NTCOL }: Answer, now: string) {
  await unit
    .updateTable("queue")
    .set({ status: "taken", updated: now })
    .where("IDCP", "=", IDCP)
    .where("BATCHNO", "=", BATCHNO)
    .where("NTCOL", "=", NTCOL)
    .where("status", "=", "answered")
    .where("answerKind", "=", kind)
    .execute();
}

async function takeReceipt(unit: Kysely<QueueSchema>, { BATCHNO, NTUPD, CC }: UpdateReceipt) {
  const known = await unit
    .selectFrom("updates")
    .select("sequence")
    .where("BATCHNO", "=", BATCHNO)
    .where("NTUPD", "=", NTUPD)
    .executeTakeFirst();
  if (known === undefined) return;
  const ended = unit.deleteFrom("updates").where("BATCHNO", "=", BATCHNO);
  await (CC === APPLIED ? ended.where("NTUPD", "=", NTUPD) : ended).execute();
  await unit.insertInto("receipts").values({ BATCHNO, NTUPD, CC }).execute();
}
