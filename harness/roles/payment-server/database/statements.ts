import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/**
 * The statements of a purchase, compiled once: building the query costs more than SQLite takes to run it. Values are
 * named slots in the query; `bind` fills them in.
 */
export interface Statement<Row = unknown> {
  readonly query: CompiledQuery<Row>;
}

export type SlotValues = Readonly<Record<string, string | number | null>>;

/** A place in a statement whose value is given later under `name`. */
function slot<T>(name: string) {
  return sql<T>`${name}`;
}

/** The statement with every slot filled from `values`. A slot without a value is a defect of ours and becomes NULL. */
export function bind<Row>(statement: Statement<Row>, values: SlotValues): CompiledQuery<Row> {
  const parameters = statement.query.parameters.map((name) => values[String(name)] ?? null);
  return { ...statement.query, parameters };
}

export function compileStatements(db: Kysely<Schema>) {
  return {
    insertTransaction: { query: insertTransaction(db) },
    updateTransaction: { query: updateTransaction(db) },
    cancelAnswered: {
      query: db
        .updateTable("transactions")
        .set({ owedMode: null, updated: slot<string>("now") })
        .where("IDTRX", "=", slot<string>("IDTRX"))
        .where("IDMER", "=", slot<string>("IDMER"))
        .compile(),
    },
    insertLog: { query: insertLog(db) },
    transaction: {
      query: db
        .selectFrom("transactions")
        .selectAll()
        .where("IDTRX", "=", slot<string>("IDTRX"))
        .where("IDMER", "=", slot<string>("IDMER"))
        .compile(),
    },
    transactionsWith: {
      query: db
        .selectFrom("transactions")
        .selectAll()
        .where("IDTRX", "=", slot<string>("IDTRX"))
        .orderBy("sequence")
        .compile(),
    },
  };
}

export type Statements = ReturnType<typeof compileStatements>;

/** A repeated identifier is no error of the engine but an answer: `returning` gives no row. */
function insertTransaction(db: Kysely<Schema>) {
  return db
    .insertInto("transactions")
    .values({
      IDMER: slot("IDMER"),
      IDTRX: slot("IDTRX"),
      status: slot("status"),
      MPDA: slot("MPDA"),
      CURRPDA: slot("CURRPDA"),
      CEXPPDA: slot("CEXPPDA"),
      PPIEP: slot("PPIEP"),
      IDIEP: slot("IDIEP"),
      NTIEP: slot("NTIEP"),
      COMPARE: slot("COMPARE"),
      created: slot("now"),
      updated: slot("now"),
    })
    .onConflict((conflict) => conflict.columns(["IDTRX", "IDMER"]).doNothing())
    .returning("sequence")
    .compile();
}

/** One statement for every change: what is not given stays. */
function updateTransaction(db: Kysely<Schema>) {
  return db
    .updateTable("transactions")
    .set((expression) => ({
      status: slot<string>("status"),
      IDTERM: expression.fn.coalesce(slot<string>("IDTERM"), "IDTERM"),
      NTPSAM: expression.fn.coalesce(slot<number>("NTPSAM"), "NTPSAM"),
      debitCommand: expression.fn.coalesce(slot<string>("debitCommand"), "debitCommand"),
      debitResponse: expression.fn.coalesce(slot<string>("debitResponse"), "debitResponse"),
      terminalResponse: expression.fn.coalesce(slot<string>("terminalResponse"), "terminalResponse"),
      expectedResponse: expression.fn.coalesce(slot<string>("expectedResponse"), "expectedResponse"),
      CC: expression.fn.coalesce(slot<string>("CC"), "CC"),
      owedMode: expression.fn.coalesce(slot<number>("owedMode"), "owedMode"),
      updated: slot<string>("now"),
    }))
    .where("IDTRX", "=", slot<string>("IDTRX"))
    .where("IDMER", "=", slot<string>("IDMER"))
    .compile();
}

function insertLog(db: Kysely<Schema>) {
  return db
    .insertInto("log")
    .values({
      at: slot("now"),
      entry: slot("entry"),
      step: slot("step"),
      IDTRX: slot("IDTRX"),
      fields: slot("fields"),
    })
    .compile();
}
