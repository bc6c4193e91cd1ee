import type { Clock } from "../../../core/clock.ts";
import type { Batch, SystemUpdate, UpdateReceipt } from "../../../protocol/messages/layouts.ts";
import type { DataStoreRecord } from "../../../protocol/messages/store-record.ts";
import { memoryStores, openStore, type StoreKind } from "../../../sql/open-store.ts";
import type { SqlStore } from "../../../sql/store.ts";
import type { SettlementReport } from "../report.ts";
import type {
  AcceptedBatch,
  BatchHistory,
  BatchRow,
  ClearingStore,
  DisputedMember,
  NewUpdate,
  Settlement,
} from "./contracts.ts";
import { CLEARING_TABLES, type ClearingSchema } from "./schema.ts";
import { accept, batchRows, disputedMembers, historyOf } from "./sql-batches.ts";
import { abandonSettlement, beginSettlement, finishSettlement, settlements } from "./sql-settlements.ts";
import { dueUpdates, lastUpdates, noteReceipts, storeUpdates } from "./sql-updates.ts";

const KIND: StoreKind = { what: "the clearing system's database", tables: [CLEARING_TABLES] };

/** The clearing system's database at `sqlite::memory:`, `sqlite:PATH` or `postgres://…`. Rejects as `openStore` does. */
export async function openClearingStore(url: string, clock: Clock): Promise<ClearingStore> {
  return new SqlClearing(await openStore<ClearingSchema>(url, clock, KIND));
}

/** Opens empty ones in memory, one after the other: the schema is made once and copied from then on. */
export function memoryClearingStores(): (clock: Clock) => Promise<ClearingStore> {
  const open = memoryStores<ClearingSchema>(KIND);
  return async (clock) => new SqlClearing(await open(clock));
}

/** The books of the clearing system on any engine that Kysely speaks to. */
class SqlClearing implements ClearingStore {
  readonly #store: SqlStore<ClearingSchema>;

  constructor(store: SqlStore<ClearingSchema>) {
    this.#store = store;
  }

  history(batch: Batch, members: readonly DataStoreRecord[]): Promise<BatchHistory> {
    return this.#store.run((db) => historyOf(db, batch, members));
  }

  accept(batch: AcceptedBatch): Promise<void> {
    return this.#store.unit((unit) => accept(unit, batch, this.#store.now()));
  }

  beginSettlement(): Promise<Settlement | undefined> {
    return this.#store.unit((unit) => beginSettlement(unit, this.#store.now()));
  }

  finishSettlement({ N }: SettlementReport): Promise<void> {
    return this.#store.unit((unit) => finishSettlement(unit, N));
  }

  abandonSettlement(N: number): Promise<void> {
    return this.#store.unit((unit) => abandonSettlement(unit, N));
  }

  lastUpdates(psams: readonly string[]): Promise<readonly number[]> {
    return this.#store.run((db) => lastUpdates(db, psams));
  }

  storeUpdates(updates: readonly NewUpdate[]): Promise<void> {
    return this.#store.unit((unit) => storeUpdates(unit, updates, this.#store.now()));
  }

  due(psams: readonly string[]): Promise<readonly SystemUpdate[]> {
    return this.#store.run((db) => dueUpdates(db, psams));
  }

  noteReceipts(receipts: readonly UpdateReceipt[]): Promise<void> {
    return this.#store.unit((unit) => noteReceipts(unit, receipts));
  }

  batches(): Promise<readonly BatchRow[]> {
    return this.#store.run(batchRows);
  }

  disputed(): Promise<readonly DisputedMember[]> {
    return this.#store.run(disputedMembers);
  }

  settlements(): Promise<readonly SettlementReport[]> {
    return this.#store.run(settlements);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#store[Symbol.asyncDispose]();
  }
}
