import type { Generated, Kysely, Migration } from "kysely";
import type { LedgerSchema } from "../../accounts/tables.ts";
import type { NumberingColumn, TableSet } from "../../sql/migrate.ts";

/** The table as both engines have it. Numbers of four bytes are `bigint` columns, which PostgreSQL hands out as text. */
export interface HeldLoadsTable {
  readonly sequence: Generated<number | string>;
  readonly IDTRX: string;
  readonly IDMER: string;
  readonly ACCOUNT: string;
  readonly SESSION: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MLDAmax: number | string;
  readonly MLDA: number | string | null;
  readonly CURRLDA: string;
  readonly CEXPLDA: number;
  readonly DTHR: string;
  readonly RND: string;
  readonly status: string;
  readonly created: string;
  readonly updated: string;
}

/** Loads stand beside the ledger, so that a row and its transfer are one unit of work. */
export interface HolderSchema extends LedgerSchema {
  readonly held_loads: HeldLoadsTable;
}

/** The table of all account holders; to be opened together with `LEDGER_TABLES`. */
export const HOLDER_TABLES: TableSet = {
  name: "holders",
  migrations: (numbering) => ({ "0001-held-loads": heldLoads(numbering) }),
};

function heldLoads(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("held_loads")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDTRX", "text", (column) => column.notNull().unique())
        .addColumn("IDMER", "text", (column) => column.notNull())
        .addColumn("ACCOUNT", "text", (column) => column.notNull())
        .addColumn("SESSION", "text", (column) => column.notNull())
        .addColumn("PPIEP", "text", (column) => column.notNull())
        .addColumn("IDIEP", "text", (column) => column.notNull())
        .addColumn("MLDAmax", "bigint", (column) => column.notNull())
        .addColumn("MLDA", "bigint")
        .addColumn("CURRLDA", "text", (column) => column.notNull())
        .addColumn("CEXPLDA", "integer", (column) => column.notNull())
        .addColumn("DTHR", "text", (column) => column.notNull())
        .addColumn("RND", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("created", "text", (column) => column.notNull())
        .addColumn("updated", "text", (column) => column.notNull())
        .execute();
    },
  };
}
