import type { Clock } from "../../../core/clock.ts";
import { memoryStores, openStore, type StoreKind } from "../../../sql/open-store.ts";
import type { PaymentDatabase } from "./contracts.ts";
import { PAYMENT_TABLES } from "./migrations.ts";
import type { Schema } from "./schema.ts";
import { SqlDatabase } from "./sql-database.ts";

const KIND: StoreKind = { what: "the payment server's database", tables: [PAYMENT_TABLES] };

/**
 * The payment server's database: `sqlite::memory:`, `sqlite:PATH` or `postgres://USER@HOST/NAME`, brought to today's schema.
 * `USAGE` for another URL, `SERVICE_ABSENT` when the server cannot be reached, `STORAGE` when it cannot be used.
 */
export async function openDatabase(url: string, clock: Clock): Promise<PaymentDatabase> {
  return new SqlDatabase(await openStore<Schema>(url, clock, KIND));
}

/** Opens empty databases in memory, one after the other: the schema is made once and copied from then on. */
export function memoryDatabases(): (clock: Clock) => Promise<PaymentDatabase> {
  const open = memoryStores<Schema>(KIND);
  return async (clock) => new SqlDatabase(await open(clock));
}
