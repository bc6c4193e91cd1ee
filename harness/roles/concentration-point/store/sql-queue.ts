import type { Kysely, Selectable } from "kysely";
import { fromHex, toHex } from "../../../core/bytes.ts";
import type { Clock } from "../../../core/clock.ts";
import { PursebenchError } from "../../../core/errors.ts";
import { parseMembers } from "../../../protocol/messages/batch-members.ts";
import type { Delivered } from "../../../protocol/messages/delivery.ts";
import type { SystemUpdate } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../protocol/messages/message.ts";
import { memoryStores, openStore, type StoreKind } from "../../../sql/open-store.ts";
import type { SqlStore } from "../../../sql/store.ts";
import type { Answer, BatchRow, KeptReceipt, NewBatch, QueuedBatch, QueueStore, Stored } from "./contracts.ts";
import { QUEUE_TABLES, type QueueSchema } from "./schema.ts";
import { keepUpdates, take } from "./sql-updates.ts";

/** How many receipts one message to clearing tells. */
const MOST_RECEIPTS = 500;

const KIND: StoreKind = { what: "the concentration point's database", tables: [QUEUE_TABLES] };

/** The queue at `sqlite::memory:`, `sqlite:PATH` or `postgres://USER@HOST/NAME`. Rejects as `openStore` does. */
export async function openQueue(url: string, clock: Clock): Promise<QueueStore> {
  return new SqlQueue(await openStore<QueueSchema>(url, clock, KIND));
}

/** Opens empty ones in memory, one after the other: the schema is made once and copied from then on. */
export function memoryQueues(): (clock: Clock) => Promise<QueueStore> {
  const open = memoryStores<QueueSchema>(KIND);
  return async (clock) => new SqlQueue(await open(clock));
}

/** The queue of a concentration point on any engine that Kysely speaks to. */
class SqlQueue implements QueueStore {
  readonly #store: SqlStore<QueueSchema>;

  constructor(store: SqlStore<QueueSchema>) {
    this.#store = store;
  }

  storeBatch(batch: NewBatch, limit: number): Promise<Stored> {
    return this.#store.unit(async (unit) => {
      const { IDCP, fingerprint, BATCHNO, NTCOL, bytes } = batch;
      const known = await unit
        .selectFrom("queue")
        .select(["sequence", "status"])
        .where("IDCP", "=", IDCP)
        .where("fingerprint", "=", fingerprint)
        .executeTakeFirst();
      if (known !== undefined && known.status !== "taken") return "repeated";
      if ((await countQueued(unit)) >= limit) return "full";
      const now = this.#store.now();
      if (known !== undefined) {
        await unit
          .updateTable("queue")
          .set({ status: "queued", updated: now })
          .where("sequence", "=", known.sequence)
          .execute();
        return "requeued";
      }
      const row = { IDCP, BATCHNO, NTCOL, fingerprint, message: toHex(bytes), created: now, updated: now };
      await unit
        .insertInto("queue")
        .values({ ...row, status: "queued", answerKind: null, answer: null })
        .execute();
      return "stored";
    });
  }

  nextBatch(): Promise<QueuedBatch | undefined> {
    return this.#store.run(async (db) => {
      const row = await db
        .selectFrom("queue")
        .selectAll()
        .where("status", "=", "queued")
        .orderBy("sequence")
        .limit(1)
        .executeTakeFirst();
      return row && queuedBatch(row);
    });
  }

  answered({ IDCP, sequence }: QueuedBatch, answer: Answer, updates: readonly SystemUpdate[]): Promise<void> {
    return this.#store.unit(async (unit) => {
      await unit
        .updateTable("queue")
        .set({
          status: "answered",
          answerKind: answer.kind,
          answer: toHex(encodeMessage(answer)),
          updated: this.#store.now(),
        })
        .where("sequence", "=", sequence)
        .execute();
      await keepUpdates(unit, IDCP, updates);
    });
  }

  keepUpdates(IDCP: string, updates: readonly SystemUpdate[]): Promise<void> {
    return this.#store.unit((unit) => keepUpdates(unit, IDCP, updates));
  }

  waiting(IDCP: string): Promise<readonly Delivered[]> {
    return this.#store.run(async (db) => {
      const answers = await db
        .selectFrom("queue")
        .select("answer as message")
        .where("IDCP", "=", IDCP)
        .where("status", "=", "answered")
        .orderBy("sequence")
        .execute();
      const updates = await db
        .selectFrom("updates")
        .select("message")
        .where("IDCP", "=", IDCP)
        .orderBy("BATCHNO")
        .orderBy("NTUPD")
        .execute();
      return [...answers, ...updates].map(({ message }) => delivered(message ?? ""));
    });
  }

  take(messages: readonly Delivered[]): Promise<void> {
    return this.#store.unit((unit) => take(unit, messages, this.#store.now()));
  }

  receipts(): Promise<readonly KeptReceipt[]> {
    return this.#store.run(async (db) => {
      const rows = await db.selectFrom("receipts").selectAll().orderBy("sequence").limit(MOST_RECEIPTS).execute();
      return rows.map(({ sequence, BATCHNO, NTUPD, CC }) => ({
        sequence: Number(sequence),
        BATCHNO,
        NTUPD: Number(NTUPD),
        CC,
      }));
    });
  }

  receiptsPassedOn(sequences: readonly number[]): Promise<void> {
    return this.#store.unit(async (unit) => {
      if (sequences.length > 0)
        await unit
          .deleteFrom("receipts")
          .where("sequence", "in", [...sequences])
          .execute();
    });
  }

  queued(): Promise<number> {
    return this.#store.run(countQueued);
  }

  batches(): Promise<readonly BatchRow[]> {
    return this.#store.run(async (db) => {
      const rows = await db.selectFrom("queue").selectAll().orderBy("sequence").execute();
      return rows.map(batchRow);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#store[Symbol.asyncDispose]();
  }
}

async function countQueued(db: Kysely<QueueSchema>): Promise<number> {
  const { rows } = await db
    .selectFrom("queue")
    .select((expression) => expression.fn.countAll<number | string>().as("rows"))
    .where("status", "=", "queued")
    .executeTakeFirstOrThrow();
  return Number(rows);
}

function queuedBatch(row: Selectable<QueueSchema["queue"]>): QueuedBatch {
  const { sequence, IDCP, BATCHNO, NTCOL, fingerprint, message } = row;
  return {
    sequence: Number(sequence),
    IDCP,
    BATCHNO,
    NTCOL: Number(NTCOL),
    fingerprint,
    bytes: fromHex(message),
  };
}

function batchRow({ IDCP, BATCHNO, NTCOL, message, status }: Selectable<QueueSchema["queue"]>): BatchRow {
  const batch = parseMessage(fromHex(message));
  const parsed = batch.kind === "batch" ? parseMembers(batch.MEMBERS) : undefined;
  const records = parsed?.ok ? parsed.value : [];
  const members = records.map(({ IDTRX, IDMER, PPIEP, MPDA, CURRPDA: CURR, CEXPPDA: CEXP }) => {
    return { IDTRX, IDMER, PPIEP, MPDA, CURR, CEXP, status, CC: null };
  });
  return { BATCHNO, NTCOL: Number(NTCOL), sender: IDCP, status, members };
}

function delivered(hex: string): Delivered {
  const message = parseMessage(fromHex(hex));
  switch (message.kind) {
    case "batch-acknowledgement":
    case "batch-refusal":
    case "system-update":
      return message;
    default:
      throw new PursebenchError("STORAGE", `the queue holds ${message.kind} for a sender`);
  }
}
