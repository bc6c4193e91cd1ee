import { type Kysely, type Migration, type MigrationProvider, Migrator } from "kysely";
import { messageOf, PursebenchError } from "../core/errors.ts";

/** How an engine spells a column that numbers its rows by itself: SQLite's rowid alias, PostgreSQL's sequence. */
export type NumberingColumn = "integer" | "bigserial";

/** Tables that belong together, and how they come to be. Several of them may live in one database. */
export interface TableSet {
  /**
   * Names the table in which the engine keeps how far it has come; undefined for the one set of a database that was
   * there before there were several.
   */
  readonly name?: string;
  /** Every step from the empty database to today's, in order. A published step is never edited, only followed. */
  migrations(numbering: NumberingColumn): Readonly<Record<string, Migration>>;
}

/**
 * Brings a database to today's tables. `what` names it in errors. `STORAGE` when a step fails or the database is newer
 * than this program.
 */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  sets: readonly TableSet[],
  numbering: NumberingColumn,
  what: string,
): Promise<void> {
  for (const set of sets) {
    const provider: MigrationProvider = { getMigrations: async () => ({ ...set.migrations(numbering) }) };
    const { error } = await new Migrator({ db, provider, ...tableNames(set) }).migrateToLatest();
    if (error === undefined) continue;
    throw new PursebenchError("STORAGE", `${what} cannot be migrated: ${messageOf(error)}`, {
      mend: "give a database of this version of pursebench, or an empty one",
      cause: error,
    });
  }
}

function tableNames({ name }: TableSet) {
  if (name === undefined) return {};
  return { migrationTableName: `migrations_of_${name}`, migrationLockTableName: `migration_lock_of_${name}` };
}
