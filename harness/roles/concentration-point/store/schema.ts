import type { Generated, Kysely, Migration } from "kysely";
import type { NumberingColumn, TableSet } from "../../../sql/migrate.ts";

/** The tables of a concentration point, as both engines have them. */
export interface QueueSchema {
  readonly queue: {
    readonly sequence: Generated<number | string>;
    readonly IDCP: string;
    readonly BATCHNO: string;
    readonly NTCOL: number | string;
    readonly fingerprint: string;
    /** B8, hex. */
    readonly message: string;
    /** `queued` -> `answered` -> `taken`. */
    readonly status: string;
    /** `batch-acknowledgement` or `batch-refusal`, once there is one. */
    readonly answerKind: string | null;
    /** B9 or BA, hex. */
    readonly answer: string | null;
    readonly created: string;
    readonly updated: string;
  };
  readonly updates: {
    readonly sequence: Generated<number | string>;
    readonly IDCP: string;
    readonly BATCHNO: string;
    readonly NTUPD: number | string;
    /** BB, hex. */
    readonly message: string;
  };
  readonly receipts: {
    readonly sequence: Generated<number | string>;
    readonly BATCHNO: string;
    readonly NTUPD: number | string;
    readonly CC: string;
  };
}

export const QUEUE_TABLES: TableSet = {
  name: "batch_queue",
  migrations: (numbering) => ({ "0001-queue": queue(numbering) }),
};

function queue(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("queue")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDCP", "text", (column) => column.notNull())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTCOL", "bigint", (column) => column.notNull())
        .addColumn("fingerprint", "text", (column) => column.notNull())
        .addColumn("message", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("answerKind", "text")
        .addColumn("answer", "text")
        .addColumn("created", "text", (column) => column.notNull())
        .addColumn("updated", "text", (column) => column.notNull())
        .addUniqueConstraint("one_row_per_batch", ["IDCP", "fingerprint"])
        .execute();
      await db.schema.createIndex("queue_by_status").on("queue").column("status").execute();
      await db.schema
        .createTable("updates")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDCP", "text", (column) => column.notNull())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTUPD", "bigint", (column) => column.notNull())
        .addColumn("message", "text", (column) => column.notNull())
        .addUniqueConstraint("one_row_per_update", ["BATCHNO", "NTUPD"])
        .execute();
      await db.schema
        .createTable("receipts")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTUPD", "bigint", (column) => column.notNull())
        .addColumn("CC", "text", (column) => column.notNull())
        .execute();
    },
  };
}
