import type { Kysely } from "kysely";
import type { Clock } from "../core/clock.ts";
import { PursebenchError } from "../core/errors.ts";
import { migrate, type NumberingColumn, type TableSet } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite, openSqliteImage, sqliteImage } from "./sqlite.ts";
import { type Held, SqlStore } from "./store.ts";

/** What a party keeps in a database. `Schema` is that of all its table sets. */
export interface StoreKind {
  /** In error texts: "the payment server's database". */
  readonly what: string;
  readonly tables: readonly TableSet[];
}

const inProcess: Held = (work) => work; // synchronous: virtual time cannot pass while it works

/**
 * The database at `sqlite::memory:`, `sqlite:PATH` or `postgres://USER@HOST/NAME`, brought to today's tables.
 * `USAGE` for another URL, `SERVICE_ABSENT` when the server cannot be reached, `STORAGE` when it cannot be used.
 */
export async function openStore<Schema>(url: string, clock: Clock, kind: StoreKind): Promise<SqlStore<Schema>> {
  if (url.startsWith("sqlite:")) {
    return await ready(openSqlite<Schema>(url.slice("sqlite:".length)), "integer", clock, inProcess, kind);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const db = await clock.hold(openPostgres<Schema>(url));
    return await ready(db, "bigserial", clock, (work) => clock.hold(work), kind);
  }
  throw new PursebenchError("USAGE", `${kind.what} has a URL of no known kind`, {
    mend: 'write "sqlite::memory:", "sqlite:PATH" or "postgres://USER@HOST/NAME"',
  });
}

/** Opens empty databases in memory, one after the other: the tables are made once and copied from then on. */
export function memoryStores<Schema>(kind: StoreKind): (clock: Clock) => Promise<SqlStore<Schema>> {
  let image: Promise<Buffer> | undefined;
  return async (clock) => {
    image ??= sqliteImage<Schema>((db) => migrate(db, kind.tables, "integer", kind.what));
    return new SqlStore({ db: openSqliteImage<Schema>(await image), clock, held: inProcess, what: kind.what });
  };
}

async function ready<Schema>(
  db: Kysely<Schema>,
  numbering: NumberingColumn,
  clock: Clock,
  held: Held,
  { tables, what }: StoreKind,
): Promise<SqlStore<Schema>> {
  try {
    await held(migrate(db, tables, numbering, what));
  } catch (thrown) {
    await held(db.destroy());
    throw thrown;
  }
  return new SqlStore({ db, clock, held, what });
}
