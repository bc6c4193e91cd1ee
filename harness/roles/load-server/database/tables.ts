import type { Generated, Kysely, Migration } from "kysely";
import { createLogTable, type WithLog } from "../../../sql/log-table.ts";
import type { NumberingColumn, TableSet } from "../../../sql/migrate.ts";

/** The tables as both engines have them. Numbers of four bytes are `bigint` columns, which PostgreSQL hands out as text. */
export interface LoadsTable {
  readonly sequence: Generated<number | string>;
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly SOURCE: number;
  readonly ACCOUNT: string | null;
  readonly status: string;
  readonly MLDA: number | string;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly NTIEP: number;
  readonly LOADINIT: string;
  readonly LOADRSP: string;
  readonly loadCommand: string | null;
  readonly cardResponse: string | null;
  readonly hsmResponse: string | null;
  readonly CC: string | null;
  /** 0 or 1. */
  readonly booked: number;
  readonly created: string;
  readonly updated: string;
}

export interface LoadSchema extends WithLog {
  readonly loads: LoadsTable;
}

/** The tables of a load server. */
export const LOAD_TABLES: TableSet = {
  migrations: (numbering) => ({ "0001-loads-and-log": loadsAndLog(numbering) }),
};

function loadsAndLog(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("loads")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDMER", "text", (column) => column.notNull())
        .addColumn("IDTRX", "text", (column) => column.notNull())
        .addColumn("SOURCE", "integer", (column) => column.notNull())
        .addColumn("ACCOUNT", "text")
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("MLDA", "bigint", (column) => column.notNull())
        .addColumn("CURRLDA", "text", (column) => column.notNull())
        .addColumn("CEXPLDA", "integer", (column) => column.notNull())
        .addColumn("PPIEP", "text", (column) => column.notNull())
        .addColumn("IDIEP", "text", (column) => column.notNull())
        .addColumn("NTIEP", "integer", (column) => column.notNull())
        .addColumn("LOADINIT", "text", (column) => column.notNull())
        .addColumn("LOADRSP", "text", (column) => column.notNull())
        .addColumn("loadCommand", "text")
        .addColumn("cardResponse", "text")
        .addColumn("hsmResponse", "text")
        .addColumn("CC", "text")
        .addColumn("booked", "integer", (column) => column.notNull())
        .addColumn("created", "text", (column) => column.notNull())
        .addColumn("updated", "text", (column) => column.notNull())
        .addUniqueConstraint("one_load_per_identifier", ["IDTRX", "IDMER"])
        .execute();
      await db.schema.createIndex("loads_by_status").on("loads").column("status").execute();
      await createLogTable(db, numbering, "log_by_load");
    },
  };
}
