import type { Kysely, Selectable } from "kysely";
import { fromHex, toHex } from "../../../core/bytes.ts";
import type { RefusedMember } from "../../../protocol/messages/refused-members.ts";
import { damaged } from "../../../sql/damaged.ts";
import { wholeNumber } from "../../../sql/integers.ts";
import type { SqlStore } from "../../../sql/store.ts";
import {
  BATCH_STATUSES,
  type BatchName,
  type BatchRow,
  type BatchStore,
  type Candidates,
  type CollectedBatch,
  type KnownPsam,
  type NewCollection,
  type SignedCollection,
} from "./batch-contracts.ts";
import type { BatchSchema } from "./batch-schema.ts";
import type { TransactionRecord } from "./contracts.ts";
import { SERVER, toTransactionRecord } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { batchRows } from "./sql-batch-rows.ts";

type Change = Partial<Omit<Selectable<BatchSchema["batches"]>, "sequence" | "created">>;

/** The collections of a payment server on any engine that Kysely speaks to. */
export class SqlBatches implements BatchStore {
  readonly #store: SqlStore<Schema>;

  constructor(store: SqlStore<Schema>) {
    this.#store = store;
  }

  pending(IDTERM: string): Promise<CollectedBatch | undefined> {
    return this.#store.run(async (db) => {
      const select = db.selectFrom("batches").selectAll().where("IDTERM", "=", IDTERM);
      const row = await select.where("status", "<>", "acknowledged").orderBy("sequence").executeTakeFirst();
      return row && collectedBatch(row);
    });
  }

  find(BATCHNO: string, NTCOL: number): Promise<CollectedBatch | undefined> {
    return this.#store.run(async (db) => {
      const select = db.selectFrom("batches").selectAll().where("BATCHNO", "=", BATCHNO);
      const row = await select.where("NTCOL", "=", NTCOL).orderBy("sequence", "desc").executeTakeFirst();
      return row && collectedBatch(row);
    });
  }

  lastAcknowledged(IDTERM: string, name?: BatchName): Promise<CollectedBatch | undefined> {
    return this.#store.run(async (db) => {
      const select = db.selectFrom("batches").selectAll().where("IDTERM", "=", IDTERM);
      const all = select.where("status", "=", "acknowledged").orderBy("sequence", "desc");
      const own = name && all.where("BATCHNO", "=", name.BATCHNO).where("NTCOL", "=", name.NTCOL);
      const row = await (own ?? all).executeTakeFirst();
      return row && collectedBatch(row);
    });
  }

  untold(IDTERM: string): Promise<readonly TransactionRecord[]> {
    return this.#store.run(async (db) => {
      const select = db.selectFrom("transactions").selectAll().where("status", "=", "confirmed");
      const rows = await select
        .where("IDTERM", "=", IDTERM)
        .where("COMPARE", "is not", null)
        .where("debitResponse", "is not", null)
        .where("terminalResponse", "is", null)
        .orderBy("sequence")
        .execute();
      return rows.map(toTransactionRecord);
    });
  }

  candidates(IDTERM: string, identifiers: readonly string[]): Promise<Candidates> {
    return this.#store.run(async (db) => {
      if (identifiers.length === 0) return { rows: [], collected: [] };
      const select = db.selectFrom("transactions").selectAll().where("IDTERM", "=", IDTERM);
      const rows = await select.where("IDTRX", "in", [...identifiers]).execute();
      const members = db.selectFrom("members").select(["IDMER", "IDTRX"]);
      const collected = await members.where("IDTRX", "in", [...identifiers]).execute();
      return { rows: rows.map(toTransactionRecord), collected };
    });
  }

  ask(collection: NewCollection): Promise<CollectedBatch> {
    const { IDTERM, DIGEST, LINES, MEMBERS, members } = collection;
    return this.#store.unit(async (unit) => {
      const now = this.#store.now();
      const bytes = { DIGEST, LINES: toHex(LINES), MEMBERS: toHex(MEMBERS), S4: null };
      const none = { BATCHNO: null, NTCOL: null, CC: null };
      const row = { IDTERM, status: "asked", ...bytes, ...none, created: now, updated: now };
      const inserted = await unit.insertInto("batches").values(row).returningAll().executeTakeFirstOrThrow();
      for (const [place, { IDMER, IDTRX }] of members.entries()) {
        const member = { IDMER, IDTRX, batch: inserted.sequence, place, CC: null };
        await unit.insertInto("members").values(member).execute();
      }
      return collectedBatch(inserted);
    });
  }

  drop(sequence: number): Promise<void> {
    return this.#store.unit(async (unit) => {
      await unit.deleteFrom("members").where("batch", "=", sequence).execute();
      await unit.deleteFrom("batches").where("sequence", "=", sequence).execute();
    });
  }

  collected(sequence: number, { BATCHNO, NTCOL, S4 }: SignedCollection): Promise<void> {
    return this.#store.unit(async (unit) => {
      const { IDTERM } = await this.#change(unit, sequence, { status: "collected", BATCHNO, NTCOL, S4: toHex(S4) });
      await notePsam(unit, BATCHNO, IDTERM);
    });
  }

  async sent(sequence: number): Promise<void> {
    await this.#store.run((db) => this.#change(db, sequence, { status: "sent", CC: null }));
  }

  async refused(sequence: number, CC: string): Promise<void> {
    await this.#store.run((db) => this.#change(db, sequence, { status: "refused", CC }));
  }

  acknowledged(sequence: number, refused: readonly RefusedMember[]): Promise<void> {
    return this.#store.unit(async (unit) => {
      await this.#change(unit, sequence, { status: "acknowledged", CC: null });
      for (const { index, CC } of refused) {
        const update = unit.updateTable("members").set({ CC });
        await update.where("batch", "=", sequence).where("place", "=", index).execute();
      }
    });
  }

  async reopened(sequence: number): Promise<void> {
    await this.#store.run((db) => this.#change(db, sequence, { status: "reopened" }));
  }

  psam(BATCHNO: string): Promise<KnownPsam | undefined> {
    return this.#store.run(async (db) => {
      const row = await db.selectFrom("psams").selectAll().where("BATCHNO", "=", BATCHNO).executeTakeFirst();
      return row && { IDTERM: row.IDTERM, NTUPD: row.NTUPD === null ? undefined : wholeNumber(row.NTUPD) };
    });
  }

  hasPsam(IDTERM: string): Promise<boolean> {
    return this.#store.run(async (db) => {
      const select = db.selectFrom("psams").select("BATCHNO").where("IDTERM", "=", IDTERM);
      return (await select.executeTakeFirst()) !== undefined;
    });
  }

  notePsam(BATCHNO: string, IDTERM: string): Promise<void> {
    return this.#store.run((db) => notePsam(db, BATCHNO, IDTERM));
  }

  async updateApplied(BATCHNO: string, NTUPD: number): Promise<void> {
    await this.#store.run((db) =>
      db.updateTable("psams").set({ NTUPD }).where("BATCHNO", "=", BATCHNO).executeTakeFirst(),
    );
  }

  batches(): Promise<readonly BatchRow[]> {
    return this.#store.run(batchRows);
  }

  async #change(db: Kysely<Schema>, sequence: number, change: Change): Promise<{ readonly IDTERM: string }> {
    const update = db.updateTable("batches").set({ ...change, updated: this.#store.now() });
    return await update.where("sequence", "=", sequence).returning("IDTERM").executeTakeFirstOrThrow();
  }
}

async function notePsam(db: Kysely<Schema>, BATCHNO: string, IDTERM: string): Promise<void> {
  const insert = db.insertInto("psams").values({ BATCHNO, IDTERM, NTUPD: null });
  await insert.onConflict((conflict) => conflict.column("BATCHNO").doUpdateSet({ IDTERM })).execute();
}

function collectedBatch(row: Selectable<BatchSchema["batches"]>): CollectedBatch {
  const { IDTERM, DIGEST, BATCHNO, NTCOL, S4 } = row;
  const status = BATCH_STATUSES.find((known) => known === row.status);
  if (status === undefined) {
    throw damaged(SERVER, `batch status "${row.status}"`);
  }
  const isSigned = BATCHNO !== null && NTCOL !== null && S4 !== null;
  return {
    sequence: wholeNumber(row.sequence),
    IDTERM,
    status,
    DIGEST,
    LINES: fromHex(row.LINES),
    MEMBERS: fromHex(row.MEMBERS),
    signed: isSigned ? { BATCHNO, NTCOL: wholeNumber(NTCOL), S4: fromHex(S4) } : undefined,
  };
}
