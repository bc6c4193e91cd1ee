import type { Generated, Kysely, Migration } from "kysely";
import type { NumberingColumn, TableSet } from "../sql/migrate.ts";

/** An account and its balance, which is the sum of its entries. Whole numbers of minor units in 8 bytes. */
export interface AccountsTable {
  readonly account: string;
  readonly CURR: string;
  readonly CEXP: number;
  readonly balance: number | string;
}

/** What was moved, once for each reference. */
export interface TransfersTable {
  readonly reference: string;
  readonly source: string;
  readonly target: string;
  readonly amount: number | string;
  readonly CURR: string;
  readonly CEXP: number;
  readonly at: string;
}

/** Two of each transfer: the one account gets what the other loses. */
export interface EntriesTable {
  readonly sequence: Generated<number | string>;
  readonly reference: string;
  readonly account: string;
  readonly CURR: string;
  readonly CEXP: number;
  readonly amount: number | string;
  readonly at: string;
}

export interface LedgerSchema {
  readonly accounts: AccountsTable;
  readonly transfers: TransfersTable;
  readonly entries: EntriesTable;
}

/** The tables of the ledger. */
export const LEDGER_TABLES: TableSet = {
  name: "ledger",
  migrations: (numbering) => ({ "0001-double-entry": doubleEntry(numbering) }),
};

function doubleEntry(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("accounts")
        .addColumn("account", "text", (column) => column.notNull())
        .addColumn("CURR", "text", (column) => column.notNull())
        .addColumn("CEXP", "integer", (column) => column.notNull())
        .addColumn("balance", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("one_account_per_currency", ["account", "CURR", "CEXP"])
        .execute();
      await db.schema
        .createTable("transfers")
        .addColumn("reference", "text", (column) => column.primaryKey())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("target", "text", (column) => column.notNull())
        .addColumn("amount", "bigint", (column) => column.notNull())
        .addColumn("CURR", "text", (column) => column.notNull())
        .addColumn("CEXP", "integer", (column) => column.notNull())
        .addColumn("at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("entries")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("reference", "text", (column) => column.notNull())
        .addColumn("account", "text", (column) => column.notNull())
        .addColumn("CURR", "text", (column) => column.notNull())
        .addColumn("CEXP", "integer", (column) => column.notNull())
        .addColumn("amount", "bigint", (column) => column.notNull())
        .addColumn("at", "text", (column) => column.notNull())
        .addUniqueConstraint("one_entry_per_side", ["reference", "account"])
        .execute();
      await db.schema.createIndex("entries_by_account").on("entries").column("account").execute();
    },
  };
}
