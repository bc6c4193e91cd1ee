import type { CompiledQuery, Kysely } from "kysely";
import type { Clock } from "../../../core/clock.ts";
import { messageOf, PursebenchError } from "../../../core/errors.ts";
import type {
  LogLine,
  LogRecord,
  NewTransaction,
  PaymentDatabase,
  TransactionChange,
  TransactionRecord,
  TransactionStatus,
} from "./contracts.ts";
import { toLogRecord, toTransactionRecord } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { bind, compileStatements, type SlotValues, type Statements } from "./statements.ts";

/** Work on the engine as the clock must see it: `clock.hold` where it happens outside of this process. */
export type Held = <T>(work: Promise<T>) => Promise<T>;

/** The payment server's tables on any engine that Kysely speaks to. */
export class SqlDatabase implements PaymentDatabase {
  readonly #db: Kysely<Schema>;
  readonly #clock: Clock;
  readonly #held: Held;
  readonly #statements: Statements;

  constructor(db: Kysely<Schema>, clock: Clock, held: Held) {
    this.#db = db;
    this.#clock = clock;
    this.#held = held;
    this.#statements = compileStatements(db);
  }

  async insertTransaction(row: NewTransaction, lines: readonly LogLine[] = []): Promise<boolean> {
    const insert = bind(this.#statements.insertTransaction, { ...row, now: this.#now() });
    const inserted = await this.#write(insert, lines);
    return inserted > 0;
  }

  async updateTransaction(
    IDMER: string,
    IDTRX: string,
    change: TransactionChange,
    lines: readonly LogLine[] = [],
  ): Promise<void> {
    const update = bind(this.#statements.updateTransaction, { ...change, IDMER, IDTRX, now: this.#now() });
    await this.#write(update, lines);
  }

  async cancelAnswered(IDMER: string, IDTRX: string, lines: readonly LogLine[] = []): Promise<void> {
    await this.#write(bind(this.#statements.cancelAnswered, { IDMER, IDTRX, now: this.#now() }), lines);
  }

  async appendLog(lines: readonly LogLine[]): Promise<void> {
    const [first, ...rest] = lines;
    if (first !== undefined) await this.#write(this.#logQuery(first), rest);
  }

  async transaction(IDMER: string, IDTRX: string): Promise<TransactionRecord | undefined> {
    const query = bind(this.#statements.transaction, { IDMER, IDTRX });
    const [row] = await this.#guard(async () => (await this.#db.executeQuery(query)).rows);
    return row === undefined ? undefined : toTransactionRecord(row);
  }

  async transactionsWith(IDTRX: string): Promise<readonly TransactionRecord[]> {
    const query = bind(this.#statements.transactionsWith, { IDTRX });
    return (await this.#guard(async () => (await this.#db.executeQuery(query)).rows)).map(toTransactionRecord);
  }

  async transactionsByStatus(...statuses: readonly TransactionStatus[]): Promise<readonly TransactionRecord[]> {
    if (statuses.length === 0) return [];
    const select = this.#db.selectFrom("transactions").selectAll().where("status", "in", statuses).orderBy("sequence");
    return (await this.#guard(() => select.execute())).map(toTransactionRecord);
  }

  async transactionsOwing(): Promise<readonly TransactionRecord[]> {
    const select = this.#db
      .selectFrom("transactions")
      .selectAll()
      .where("owedMode", "is not", null)
      .orderBy("sequence");
    return (await this.#guard(() => select.execute())).map(toTransactionRecord);
  }

  async transactions(): Promise<readonly TransactionRecord[]> {
    const select = this.#db.selectFrom("transactions").selectAll().orderBy("sequence");
    return (await this.#guard(() => select.execute())).map(toTransactionRecord);
  }

  async log(IDTRX?: string): Promise<readonly LogRecord[]> {
    const all = this.#db.selectFrom("log").selectAll().orderBy("sequence");
    const select = IDTRX === undefined ? all : all.where("IDTRX", "=", IDTRX);
    return (await this.#guard(() => select.execute())).map(toLogRecord);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held(this.#db.destroy());
  }

  /** `query` and the log lines in one unit of work; a lone statement is one by itself. Number of rows it touched. */
  #write(query: CompiledQuery<unknown>, lines: readonly LogLine[]): Promise<number> {
    return this.#guard(async () => {
      if (lines.length === 0) return touched(await this.#db.executeQuery(query));
      return await this.#db.transaction().execute(async (unit) => {
        const rows = touched(await unit.executeQuery(query));
        for (const line of lines) await unit.executeQuery(this.#logQuery(line));
        return rows;
      });
    });
  }

  #logQuery(line: LogLine): CompiledQuery<unknown> {
    const values: SlotValues = {
      now: this.#now(),
      entry: line.entry,
      step: line.step ?? null,
      IDTRX: line.IDTRX ?? null,
      fields: JSON.stringify(line.fields),
    };
    return bind(this.#statements.insertLog, values);
  }

  #now(): string {
    return this.#clock.wall().toISOString();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#held(work());
    } catch (cause) {
      throw new PursebenchError("STORAGE", `the payment server's database failed: ${messageOf(cause)}`, {
        mend: "see that the database runs, is reachable and has room",
        cause,
      });
    }
  }
}

function touched(result: { rows: readonly unknown[]; numAffectedRows?: bigint }): number {
  return result.rows.length > 0 ? result.rows.length : Number(result.numAffectedRows ?? 0n);
}
