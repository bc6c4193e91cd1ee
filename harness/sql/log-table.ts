import type { Generated, Kysely } from "kysely";
import { damaged } from "./damaged.ts";
import type { NumberingColumn } from "./migrate.ts";

/** The log of a server beside its own tables: what happened, in the order in which it was written. */

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface LogLine {
  readonly entry: string;
  readonly step?: string | undefined;
  readonly IDTRX?: string | undefined;
  readonly fields: LogFields;
}

/** A row of the table `log`. */
export interface LogRecord {
  readonly at: string;
  readonly entry: string;
  readonly step: string | null;
  readonly IDTRX: string | null;
  readonly fields: LogFields;
}

/** The table as both engines have it. */
export interface LogTable {
  readonly sequence: Generated<number | string>;
  readonly at: string;
  readonly entry: string;
  readonly step: string | null;
  readonly IDTRX: string | null;
  /** JSON object. */
  readonly fields: string;
}

export interface WithLog {
  readonly log: LogTable;
}

/** Part of the migration that begins a server's tables; `index` names the index over IDTRX. */
export async function createLogTable(db: Kysely<unknown>, numbering: NumberingColumn, index: string): Promise<void> {
  await db.schema
    .createTable("log")
    .addColumn("sequence", numbering, (column) => column.primaryKey())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("entry", "text", (column) => column.notNull())
    .addColumn("step", "text")
    .addColumn("IDTRX", "text")
    .addColumn("fields", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex(index).on("log").column("IDTRX").execute();
}

/** Entries of one transaction, or all; oldest first. `STORAGE` when the database `of` that server holds what it never writes. */
export async function readLog(db: Kysely<WithLog>, of: string, IDTRX?: string): Promise<readonly LogRecord[]> {
  const all = db.selectFrom("log").selectAll().orderBy("sequence");
  const rows = await (IDTRX === undefined ? all : all.where("IDTRX", "=", IDTRX)).execute();
  return rows.map(({ at, entry, step, IDTRX: name, fields }) => ({
    at,
    entry,
    step,
    IDTRX: name,
    fields: fieldsOf(of, fields),
  }));
}

function fieldsOf(of: string, json: string): LogFields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw damaged(of, "log fields that are no JSON", cause);
  }
  if (isLogFields(value)) return value;
  throw damaged(of, "log fields of another shape");
}

function isLogFields(value: unknown): value is LogFields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (field) => field === null || ["string", "number", "boolean"].includes(typeof field),
  );
}
