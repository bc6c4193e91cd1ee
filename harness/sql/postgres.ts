import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { messageOf, PursebenchError } from "../core/errors.ts";

/**
 * Opens a PostgreSQL database by URL; `?host=/folder` names a unix socket. Durability is the server's own
 * (`synchronous_commit` is on unless its administrator decided otherwise). `SERVICE_ABSENT` when it cannot be reached.
 */
export async function openPostgres<Schema>(url: string): Promise<Kysely<Schema>> {
  const pool = new Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => undefined); // an idle connection died: the next statement opens another, or fails and says why
  await probe(pool);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

async function probe(pool: Pool): Promise<void> {
  try {
    const connection = await pool.connect();
    connection.release();
  } catch (cause) {
    await pool.end();
    throw new PursebenchError("SERVICE_ABSENT", `the PostgreSQL server cannot be reached: ${messageOf(cause)}`, {
      owner: "server",
      mend: "start it, and check host, database, user and password of the URL",
      cause,
    });
  }
}
