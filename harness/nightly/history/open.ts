import type { Clock } from "../../core/clock.ts";
import { openStore } from "../../sql/open-store.ts";
import type { HistoryStore } from "./record.ts";
import { HISTORY_TABLES, type HistorySchema } from "./tables.ts";

/** The history at `sqlite:PATH` or `postgres://…`, which many hosts may use at once. */
export async function openHistory(url: string, clock: Clock): Promise<HistoryStore> {
  return await openStore<HistorySchema>(url, clock, { what: "the history's database", tables: [HISTORY_TABLES] });
}
