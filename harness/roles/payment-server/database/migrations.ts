import type { Kysely, Migration } from "kysely";
import { createLogTable } from "../../../sql/log-table.ts";
import type { NumberingColumn, TableSet } from "../../../sql/migrate.ts";
import { collections } from "./batch-schema.ts";

/** The tables of a payment server. */
export const PAYMENT_TABLES: TableSet = {
  migrations: (numbering) => ({
    "0001-transactions-and-log": transactionsAndLog(numbering),
    "0002-who-compares": whoCompares,
    "0003-owed-cancels": owedCancels,
    "0004-collections": collections(numbering),
  }),
};

function transactionsAndLog(numbering: NumberingColumn): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("transactions")
        .addColumn("sequence", numbering, (column) => column.primaryKey())
        .addColumn("IDMER", "text", (column) => column.notNull())
        .addColumn("IDTRX", "text", (column) => column.notNull())
        .addColumn("IDTERM", "text")
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("MPDA", "bigint", (column) => column.notNull())
        .addColumn("CURRPDA", "text", (column) => column.notNull())
        .addColumn("CEXPPDA", "integer", (column) => column.notNull())
        .addColumn("PPIEP", "text", (column) => column.notNull())
        .addColumn("IDIEP", "text", (column) => column.notNull())
        .addColumn("NTIEP", "integer", (column) => column.notNull())
        .addColumn("NTPSAM", "bigint")
        .addColumn("debitCommand", "text")
        .addColumn("debitResponse", "text")
        .addColumn("terminalResponse", "text")
        .addColumn("CC", "text")
        .addColumn("created", "text", (column) => column.notNull())
        .addColumn("updated", "text", (column) => column.notNull())
        .addUniqueConstraint("one_identifier_per_merchant", ["IDTRX", "IDMER"])
        .execute();
      await db.schema.createIndex("transactions_by_status").on("transactions").column("status").execute();
      await createLogTable(db, numbering, "log_by_transaction");
    },
  };
}

/** COMPARE and EXPECTED (`messages.md` 3a): what the variants of FIG 5 to 7 keep. */
const whoCompares: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("transactions").addColumn("COMPARE", "integer").execute();
    await db.schema.alterTable("transactions").addColumn("expectedResponse", "text").execute();
  },
};

/** Cancellations that a terminal has still to hear outlive the program. */
const owedCancels: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("transactions").addColumn("owedMode", "integer").execute();
    await db.schema
      .createIndex("transactions_owing")
      .on("transactions")
      .column("owedMode")
      .where("owedMode", "is not", null)
      .execute();
  },
};
