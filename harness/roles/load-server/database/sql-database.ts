import type { Kysely } from "kysely";
import { readLog } from "../../../sql/log-table.ts";
import type { SqlStore } from "../../../sql/store.ts";
import {
  type LoadChange,
  type LoadDatabase,
  type LoadName,
  type LoadRecord,
  type LoadStatus,
  type LogLine,
  type LogRecord,
  type NewLoad,
  TRANSITIONS,
} from "./contracts.ts";
import { SERVER, toLoadRecord } from "./rows.ts";
import type { LoadSchema } from "./tables.ts";

/** The load server's tables on any engine that Kysely speaks to. */
export class SqlLoadDatabase implements LoadDatabase {
  readonly #store: SqlStore<LoadSchema>;

  constructor(store: SqlStore<LoadSchema>) {
    this.#store = store;
  }

  async insertLoad(row: NewLoad, lines: readonly LogLine[] = []): Promise<boolean> {
    const now = this.#store.now();
    return await this.#store.unit(async (unit) => {
      const inserted = await unit
        .insertInto("loads")
        .values({ ...row, booked: 0, created: now, updated: now })
        .onConflict((conflict) => conflict.columns(["IDTRX", "IDMER"]).doNothing())
        .returning("sequence")
        .execute();
      await this.#insertLog(unit, lines);
      return inserted.length > 0;
    });
  }

  async updateLoad(
    { IDMER, IDTRX }: LoadName,
    { status, ...learnt }: LoadChange,
    lines: readonly LogLine[] = [],
  ): Promise<LoadRecord | undefined> {
    const from = TRANSITIONS[status];
    return await this.#store.unit(async (unit) => {
      if (from.length > 0) {
        await unit
          .updateTable("loads")
          .set({ status, ...learnt, updated: this.#store.now() })
          .where("IDTRX", "=", IDTRX)
          .where("IDMER", "=", IDMER)
          .where("status", "in", from)
          .execute();
      }
      await this.#insertLog(unit, lines);
      return await find(unit, { IDMER, IDTRX });
    });
  }

  async markBooked({ IDMER, IDTRX }: LoadName): Promise<void> {
    await this.#store.run((db) =>
      db.updateTable("loads").set({ booked: 1 }).where("IDTRX", "=", IDTRX).where("IDMER", "=", IDMER).execute(),
    );
  }

  async appendLog(lines: readonly LogLine[]): Promise<void> {
    await this.#store.run((db) => this.#insertLog(db, lines));
  }

  async load(name: LoadName): Promise<LoadRecord | undefined> {
    return await this.#store.run((db) => find(db, name));
  }

  async loadsByStatus(...statuses: readonly LoadStatus[]): Promise<readonly LoadRecord[]> {
    if (statuses.length === 0) return [];
    const rows = await this.#store.run((db) =>
      db.selectFrom("loads").selectAll().where("status", "in", statuses).orderBy("sequence").execute(),
    );
    return rows.map(toLoadRecord);
  }

  async loads(): Promise<readonly LoadRecord[]> {
    const rows = await this.#store.run((db) => db.selectFrom("loads").selectAll().orderBy("sequence").execute());
    return rows.map(toLoadRecord);
  }

  log(IDTRX?: string): Promise<readonly LogRecord[]> {
    return this.#store.run((db) => readLog(db, SERVER, IDTRX));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #insertLog(unit: Kysely<LoadSchema>, lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return;
    const at = this.#store.now();
    const rows = lines.map(({ entry, step = null, IDTRX = null, fields }) => ({
      at,
      entry,
      step,
      IDTRX,
      fields: JSON.stringify(fields),
    }));
    await unit.insertInto("log").values(rows).execute();
  }
}

async function find(db: Kysely<LoadSchema>, { IDMER, IDTRX }: LoadName): Promise<LoadRecord | undefined> {
  const row = await db
    .selectFrom("loads")
    .selectAll()
    .where("IDTRX", "=", IDTRX)
    .where("IDMER", "=", IDMER)
    .executeTakeFirst();
  return row === undefined ? undefined : toLoadRecord(row);
}
