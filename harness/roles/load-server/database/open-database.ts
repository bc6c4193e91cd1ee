import type { Clock } from "../../../core/clock.ts";
import { memoryStores, openStore, type StoreKind } from "../../../sql/open-store.ts";
import type { LoadDatabase } from "./contracts.ts";
import { SqlLoadDatabase } from "./sql-database.ts";
import { LOAD_TABLES, type LoadSchema } from "./tables.ts";

const KIND: StoreKind = { what: "the load server's database", tables: [LOAD_TABLES] };

/**
 * The load server's database: `sqlite::memory:`, `sqlite:PATH` or `postgres://USER@HOST/NAME`, brought to today's schema.
 * `USAGE` for another URL, `SERVICE_ABSENT` when the server cannot be reached, `STORAGE` when it cannot be used.
 */
export async function openLoadDatabase(url: string, clock: Clock): Promise<LoadDatabase> {
  return new SqlLoadDatabase(await openStore<LoadSchema>(url, clock, KIND));
}

/** Opens empty databases in memory, one after the other: the schema is made once and copied from then on. */
export function memoryLoadDatabases(): (clock: Clock) => Promise<LoadDatabase> {
  const open = memoryStores<LoadSchema>(KIND);
  return async (clock) => new SqlLoadDatabase(await open(clock));
}
