import type { CompiledQuery } from "kysely";
import { readLog } from "../../../sql/log-table.ts";
import type { SqlStore } from "../../../sql/store.ts";
import type { BatchStore } from "./batch-contracts.ts";
import type {
  LogLine,
  LogRecord,
  NewTransaction,
  PaymentDatabase,
  TransactionChange,
  TransactionRecord,
  TransactionStatus,
} from "./contracts.ts";
import { SERVER, toTransactionRecord } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { SqlBatches } from "./sql-batches.ts";
import { bind, compileStatements, type SlotValues, type Statements } from "./statements.ts";

/** The payment server's tables on any engine that Kysely speaks to. */
export class SqlDatabase implements PaymentDatabase {
  readonly #store: SqlStore<Schema>;
  readonly #statements: Statements;
  readonly batches: BatchStore;

  constructor(store: SqlStore<Schema>) {
    this.#store = store;
    this.#statements = compileStatements(store.db);
    this.batches = new SqlBatches(store);
  }

  async insertTransaction(row: NewTransaction, lines: readonly LogLine[] = []): Promise<boolean> {
    const insert = bind(this.#statements.insertTransaction, { ...row, now: this.#store.now() });
    const inserted = await this.#write(insert, lines);
    return inserted > 0;
  }

  async updateTransaction(
    IDMER: string,
    IDTRX: string,
    change: TransactionChange,
    lines: readonly LogLine[] = [],
  ): Promise<void> {
    const update = bind(this.#statements.updateTransaction, { ...change, IDMER, IDTRX, now: this.#store.now() });
    await this.#write(update, lines);
  }

  async cancelAnswered(IDMER: string, IDTRX: string, lines: readonly LogLine[] = []): Promise<void> {
    await this.#write(bind(this.#statements.cancelAnswered, { IDMER, IDTRX, now: this.#store.now() }), lines);
  }

  async appendLog(lines: readonly LogLine[]): Promise<void> {
    const [first, ...rest] = lines;
    if (first !== undefined) await this.#write(this.#logQuery(first), rest);
  }

  async transaction(IDMER: string, IDTRX: string): Promise<TransactionRecord | undefined> {
    const query = bind(this.#statements.transaction, { IDMER, IDTRX });
    const [row] = await this.#store.run(async (db) => (await db.executeQuery(query)).rows);
    return row === undefined ? undefined : toTransactionRecord(row);
  }

  async transactionsWith(IDTRX: string): Promise<readonly TransactionRecord[]> {
    const query = bind(this.#statements.transactionsWith, { IDTRX });
    return (await this.#store.run(async (db) => (await db.executeQuery(query)).rows)).map(toTransactionRecord);
  }

  async transactionsByStatus(...statuses: readonly TransactionStatus[]): Promise<readonly TransactionRecord[]> {
    if (statuses.length === 0) return [];
    const select = this.#store.db
      .selectFrom("transactions")
      .selectAll()
      .where("status", "in", statuses)
      .orderBy("sequence");
    return (await this.#store.run(() => select.execute())).map(toTransactionRecord);
  }

  async transactionsOwing(): Promise<readonly TransactionRecord[]> {
    const select = this.#store.db
      .selectFrom("transactions")
      .selectAll()
      .where("owedMode", "is not", null)
      .orderBy("sequence");
    return (await this.#store.run(() => select.execute())).map(toTransactionRecord);
  }

  async transactions(): Promise<readonly TransactionRecord[]> {
    const select = this.#store.db.selectFrom("transactions").selectAll().orderBy("sequence");
    return (await this.#store.run(() => select.execute())).map(toTransactionRecord);
  }

  log(IDTRX?: string): Promise<readonly LogRecord[]> {
    return this.#store.run((db) => readLog(db, SERVER, IDTRX));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  /** `query` and the log lines in one unit of work; a lone statement is one by itself. Number of rows it touched. */
  #write(query: CompiledQuery<unknown>, lines: readonly LogLine[]): Promise<number> {
    if (lines.length === 0) return this.#store.run(async (db) => touched(await db.executeQuery(query)));
    return this.#store.unit(async (unit) => {
      const rows = touched(await unit.executeQuery(query));
      for (const line of lines) await unit.executeQuery(this.#logQuery(line));
      return rows;
    });
  }

  #logQuery(line: LogLine): CompiledQuery<unknown> {
    const values: SlotValues = {
      now: this.#store.now(),
      entry: line.entry,
      step: line.step ?? null,
      IDTRX: line.IDTRX ?? null,
      fields: JSON.stringify(line.fields),
    };
    return bind(this.#statements.insertLog, values);
  }
}

function touched(result: { rows: readonly unknown[]; numAffectedRows?: bigint }): number {
  return result.rows.length > 0 ? result.rows.length : Number(result.numAffectedRows ?? 0n);
}
