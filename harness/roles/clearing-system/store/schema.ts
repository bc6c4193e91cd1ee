import { type Generated, type Kysely, type Migration, sql } from "kysely";
import type { NumberingColumn, TableSet } from "../../../sql/migrate.ts";

/** The tables of the clearing system, as both engines have them. */
export interface ClearingSchema {
  /** Batches that were accepted. */
  readonly batches: {
    readonly sequence: Generated<number | string>;
    readonly BATCHNO: string;
    readonly NTCOL: number | string;
    readonly IDCP: string;
    readonly IDACQUIRER: string;
    /** 64 hex digits. */
    readonly DIGEST: string;
    /** The message B9, hex. */
    readonly answer: string;
    readonly created: string;
  };
  readonly members: {
    readonly sequence: Generated<number | string>;
    readonly BATCHNO: string;
    readonly NTCOL: number | string;
    readonly IDTRX: string;
    readonly IDMER: string;
    readonly IDACQUIRER: string;
    readonly PPIEP: string;
    readonly IDIEP: string;
    readonly NTIEP: number | string;
    readonly NTPSAM: number | string;
    readonly MPDA: number | string;
    readonly CURR: string;
    readonly CEXP: number;
    /** `accepted` -> `settled`; `refused`. */
    readonly status: string;
    readonly CC: string | null;
    /** Number of its settlement, once that has begun. */
    readonly settlement: number | string | null;
  };
  readonly settlements: {
    readonly N: number | string;
    /** `begun` -> `booked`. */
    readonly status: string;
    readonly created: string;
  };
  readonly updates: {
    readonly sequence: Generated<number | string>;
    readonly BATCHNO: string;
    readonly NTUPD: number | string;
    readonly kind: string;
    /** With its S6, hex. */
    readonly UPDATE: string;
    /** `due` -> `done`. */
    readonly status: string;
    readonly created: string;
  };
}

const IS_NOT_REFUSED = sql<boolean>`${sql.ref("status")} <> 'refused'`;

export const CLEARING_TABLES: TableSet = {
  name: "clearing",
  migrations: (numbering) => ({ "0001-books": books(numbering), "0002-updates": updates(numbering) }),
};

function books(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("batches")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTCOL", "bigint", (column) => column.notNull())
        .addColumn("IDCP", "text", (column) => column.notNull())
        .addColumn("IDACQUIRER", "text", (column) => column.notNull())
        .addColumn("DIGEST", "text", (column) => column.notNull())
        .addColumn("answer", "text", (column) => column.notNull())
        .addColumn("created", "text", (column) => column.notNull())
        .addUniqueConstraint("one_batch_per_number", ["BATCHNO", "NTCOL"])
        .execute();
      await db.schema
        .createTable("members")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTCOL", "bigint", (column) => column.notNull())
        .addColumn("IDTRX", "text", (column) => column.notNull())
        .addColumn("IDMER", "text", (column) => column.notNull())
        .addColumn("IDACQUIRER", "text", (column) => column.notNull())
        .addColumn("PPIEP", "text", (column) => column.notNull())
        .addColumn("IDIEP", "text", (column) => column.notNull())
        .addColumn("NTIEP", "bigint", (column) => column.notNull())
        .addColumn("NTPSAM", "bigint", (column) => column.notNull())
        .addColumn("MPDA", "bigint", (column) => column.notNull())
        .addColumn("CURR", "text", (column) => column.notNull())
        .addColumn("CEXP", "integer", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("CC", "text")
        .addColumn("settlement", "bigint")
        .execute();
      // The engine itself lets no transaction in twice, whatever a program overlooks.
      await db.schema
        .createIndex("members_once_per_psam")
        .unique()
        .on("members")
        .columns(["BATCHNO", "NTPSAM"])
        .where(IS_NOT_REFUSED)
        .execute();
      await db.schema
        .createIndex("members_once_per_card")
        .unique()
        .on("members")
        .columns(["PPIEP", "IDIEP", "NTIEP"])
        .where(IS_NOT_REFUSED)
        .execute();
      await db.schema.createIndex("members_by_settlement").on("members").columns(["settlement", "status"]).execute();
      await db.schema
        .createTable("settlements")
        .addColumn("N", "bigint", (column) => column.primaryKey())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("created", "text", (column) => column.notNull())
        .execute();
    },
  };
}

function updates(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("updates")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("BATCHNO", "text", (column) => column.notNull())
        .addColumn("NTUPD", "bigint", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("UPDATE", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("created", "text", (column) => column.notNull())
        .addUniqueConstraint("one_update_per_number", ["BATCHNO", "NTUPD"])
        .execute();
    },
  };
}
