import type { Buffer } from "node:buffer";
import SqliteEngine from "better-sqlite3";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import { messageOf, PursebenchError } from "../core/errors.ts";

/**
 * Opens a SQLite database: a path, or `:memory:`. `STORAGE` when it cannot be opened.
 *
 * In a file: write-ahead log with `synchronous=FULL`, so that a unit of work is on the disk before its promise resolves
 * and a message that speaks of it leaves (with NORMAL the last ones could be lost with the machine's power). In
 * memory nothing survives anyway, so nothing waits.
 */
export function openSqlite<Schema>(path: string): Kysely<Schema> {
  const engine = openEngine(path);
  if (path !== ":memory:") {
    engine.pragma("journal_mode = WAL");
    engine.pragma("synchronous = FULL");
    engine.pragma("busy_timeout = 5000"); // another process may look into the file
  }
  return over(engine);
}

/** The bytes of a database in memory that `prepare` has made. */
export async function sqliteImage<Schema>(prepare: (db: Kysely<Schema>) => Promise<void>): Promise<Buffer> {
  const engine = openEngine(":memory:");
  const db = over<Schema>(engine);
  try {
    await prepare(db);
    return engine.serialize();
  } finally {
    await db.destroy();
  }
}

/** A database in memory that begins as `image`. */
export function openSqliteImage<Schema>(image: Buffer): Kysely<Schema> {
  return over(openEngine(image));
}

function over<Schema>(engine: SqliteEngine.Database): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: withPreparedOnce(engine) }) });
}

function openEngine(from: string | Buffer): SqliteEngine.Database {
  try {
    return new SqliteEngine(from);
  } catch (cause) {
    const what = typeof from === "string" ? from : "image";
    throw new PursebenchError("STORAGE", `cannot open the SQLite database ${what}: ${messageOf(cause)}`, {
      mend: "give a path in a folder that exists and may be written",
      cause,
    });
  }
}

/** Kysely prepares at each execution; the statements of a session are few, so each text is prepared once. */
function withPreparedOnce(engine: SqliteEngine.Database): SqliteDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return {
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = engine.prepare<unknown[]>(text);
      const usable = {
        reader: statement.reader,
        all: (parameters: readonly unknown[]) => statement.all(...parameters),
        run: (parameters: readonly unknown[]) => statement.run(...parameters),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters),
      };
      if (prepared.size < 64) prepared.set(text, usable);
      return usable;
    },
    close: () => {
      engine.close();
    },
  };
}
