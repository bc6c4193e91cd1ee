import type { Generated, Kysely, Migration } from "kysely";
import type { NumberingColumn } from "../../../sql/migrate.ts";

/** The tables of collections, as both engines have them. */
export interface BatchSchema {
  readonly batches: {
    readonly sequence: Generated<number | string>;
    readonly IDTERM: string;
    readonly status: string;
    readonly BATCHNO: string | null;
    readonly NTCOL: number | string | null;
    /** The following four are hex. */
    readonly DIGEST: string;
    readonly LINES: string;
    readonly MEMBERS: string;
    readonly S4: string | null;
    readonly CC: string | null;
    readonly created: string;
    readonly updated: string;
  };
  readonly members: {
    readonly IDMER: string;
    readonly IDTRX: string;
    /** `sequence` of its batch, and its place there. */
    readonly batch: number | string;
    readonly place: number;
    /** Why clearing has refused it. */
    readonly CC: string | null;
  };
  readonly psams: {
    readonly BATCHNO: string;
    readonly IDTERM: string;
    readonly NTUPD: number | string | null;
  };
}

export function collections(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("batches")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDTERM", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("BATCHNO", "text")
        .addColumn("NTCOL", "bigint")
        .addColumn("DIGEST", "text", (column) => column.notNull())
        .addColumn("LINES", "text", (column) => column.notNull())
        .addColumn("MEMBERS", "text", (column) => column.notNull())
        .addColumn("S4", "text")
        .addColumn("CC", "text")
        .addColumn("created", "text", (column) => column.notNull())
        .addColumn("updated", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("members")
        .addColumn("IDMER", "text", (column) => column.notNull())
        .addColumn("IDTRX", "text", (column) => column.notNull())
        .addColumn("batch", "bigint", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("CC", "text")
        .addPrimaryKeyConstraint("one_batch_per_transaction", ["IDTRX", "IDMER"])
        .execute();
      await db.schema.createIndex("members_of_batch").on("members").column("batch").execute();
      await db.schema
        .createTable("psams")
        .addColumn("BATCHNO", "text", (column) => column.primaryKey())
        .addColumn("IDTERM", "text", (column) => column.notNull())
        .addColumn("NTUPD", "bigint")
        .execute();
    },
  };
}
