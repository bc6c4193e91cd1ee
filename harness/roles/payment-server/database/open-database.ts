import type { Kysely } from "kysely";
import type { Clock } from "../../../core/clock.ts";
import { PursebenchError } from "../../../core/errors.ts";
import type { PaymentDatabase } from "./contracts.ts";
import { migrate, type NumberingColumn } from "./migrations.ts";
import { openPostgres } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import { SqlDatabase } from "./sql-database.ts";
import { openSqlite, openSqliteImage, sqliteImage } from "./sqlite.ts";

interface Opened {
  readonly db: Kysely<Schema>;
  readonly numbering: NumberingColumn;
}

/**
 * The payment server's database: `sqlite::memory:`, `sqlite:PATH` or `postgres://USER@HOST/NAME`, brought to today's schema.
 * `USAGE` for another URL, `SERVICE_ABSENT` when the server cannot be reached, `STORAGE` when it cannot be used.
 */
export async function openDatabase(url: string, clock: Clock): Promise<PaymentDatabase> {
  if (url.startsWith("sqlite:")) {
    // in process and synchronous: virtual time cannot pass while it works
    return await ready({ db: openSqlite(url.slice("sqlite:".length)), numbering: "integer" }, clock, (work) => work);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const db = await clock.hold(openPostgres(url));
    return await ready({ db, numbering: "bigserial" }, clock, (work) => clock.hold(work));
  }
  throw new PursebenchError("USAGE", "the payment server's database URL is of no known kind", {
    mend: 'write "sqlite::memory:", "sqlite:PATH" or "postgres://USER@HOST/NAME"',
  });
}

/** Opens empty databases in memory, one after the other: the schema is made once and copied from then on. */
export function memoryDatabases(): (clock: Clock) => Promise<PaymentDatabase> {
  let image: Promise<Buffer> | undefined;
  return async (clock) => {
    image ??= sqliteImage((db) => migrate(db, "integer"));
    return new SqlDatabase(openSqliteImage(await image), clock, (work) => work);
  };
}

async function ready(
  { db, numbering }: Opened,
  clock: Clock,
  held: <T>(work: Promise<T>) => Promise<T>,
): Promise<PaymentDatabase> {
  try {
    await held(migrate(db, numbering));
  } catch (thrown) {
    await held(db.destroy());
    throw thrown;
  }
  return new SqlDatabase(db, clock, held);
}
